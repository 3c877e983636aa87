// Two windows saved different text: field by field its writer chooses which stays. What this window has not touched since
// its last save follows the other one, unless chosen otherwise.
const form = document.querySelector("form[data-scorecard]");
const place = document.querySelector("[data-conflict]");

function prepare(panel, { base, mine }) {
  for (const radio of panel.querySelectorAll("[data-choice]")) radio.hidden = false;
  panel.querySelector("[data-keep-choices]").hidden = false;
  for (const row of panel.querySelectorAll("[data-field]")) {
    const name = row.dataset.field;
    const untouched = String(base.get(name) ?? "") === String(mine.get(name) ?? "");
    row.querySelector(`[value=${untouched ? "saved" : "mine"}]`).checked = true;
  }
}

function put(name, values) {
  form.dispatchEvent(new CustomEvent("draft:need", { detail: name }));
  for (const field of form.elements) {
    if (field.name !== name) continue;
    if (field.type === "radio" || field.type === "checkbox") field.checked = values.includes(field.value);
    else field.value = values[0] ?? "";
  }
}

function resolve(panel) {
  const revision = panel.dataset.revision;
  place.replaceChildren();
  form.dispatchEvent(new CustomEvent("draft:filled"));
  form.dispatchEvent(new CustomEvent("draft:resolve", { detail: { revision } }));
  (form.querySelector("[data-dimension] input:checked") ?? form).focus();
}

form.addEventListener("draft:conflict", ({ detail }) => {
  place.innerHTML = detail.panel;
  const panel = place.firstElementChild;
  prepare(panel, detail);
  panel.focus();
  panel.scrollIntoView({ block: "center" });
});

place.addEventListener("click", (event) => {
  const panel = event.target.closest("[data-conflict-panel]");
  if (event.target.matches("[data-keep-mine]")) {
    event.preventDefault();
    resolve(panel);
  } else if (event.target.matches("[data-take-saved]")) {
    form.dispatchEvent(new CustomEvent("draft:drop"));
  } else if (event.target.matches("[data-keep-choices]")) {
    for (const row of panel.querySelectorAll("[data-field]")) {
      if (row.querySelector("[value=saved]").checked) put(row.dataset.field, JSON.parse(row.dataset.savedValues));
    }
    resolve(panel);
  }
});
