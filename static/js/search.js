// A search field with its answers below it: arrows choose, Enter opens the chosen one (or the page of all), Esc closes.
function listOf(field) {
  return document.getElementById(field.getAttribute("aria-controls"));
}

function options(field) {
  return [...listOf(field).querySelectorAll("[role=option]")];
}

function choose(field, option) {
  for (const each of options(field)) each.setAttribute("aria-selected", String(each === option));
  if (option) field.setAttribute("aria-activedescendant", option.id);
  else field.removeAttribute("aria-activedescendant");
  option?.scrollIntoView({ block: "nearest" });
}

function show(field, open) {
  listOf(field).hidden = !open;
  field.setAttribute("aria-expanded", String(open));
  if (!open) choose(field, null);
}

function step(field, by) {
  const all = options(field);
  const now = all.findIndex((each) => each.getAttribute("aria-selected") === "true");
  const next = now < 0 && by < 0 ? all.length - 1 : now + by;
  choose(field, all[next] ?? null);
}

function press(event) {
  const field = event.target;
  const open = !listOf(field).hidden;
  if (event.key === "Escape" && open) {
    event.preventDefault();
    event.stopPropagation();
    show(field, false);
  } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    if (!options(field).length) return;
    event.preventDefault();
    show(field, true);
    step(field, event.key === "ArrowDown" ? 1 : -1);
  } else if (event.key === "Enter" && open) {
    const chosen = document.getElementById(field.getAttribute("aria-activedescendant") ?? "");
    if (!chosen) return;
    event.preventDefault();
    chosen.click();
  }
}

document.addEventListener("keydown", (event) => {
  if (event.target.matches?.("[data-suggest]")) press(event);
}, true);

document.addEventListener("htmx:afterSwap", (event) => {
  const field = event.target.closest?.(".search-box")?.querySelector("[data-suggest]");
  if (!field) return;
  const list = listOf(field);
  show(field, list.childElementCount > 0 && document.activeElement === field);
  const number = options(field).filter((each) => !("suggestAll" in each.dataset)).length;
  field.parentElement.querySelector("[data-suggest-count]").textContent = list.childElementCount ? `${number} found` : "";
});

document.addEventListener("focusin", (event) => {
  for (const field of document.querySelectorAll("[data-suggest]")) {
    if (!field.parentElement.contains(event.target)) show(field, false);
  }
});

document.addEventListener("pointerdown", (event) => {
  for (const field of document.querySelectorAll("[data-suggest]")) {
    if (!field.parentElement.contains(event.target)) show(field, false);
  }
});
