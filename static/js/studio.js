// Writing a rubric's draft in place. A part is read as a link; Enter or a click brings its form, Ctrl Enter saves, Esc
// leaves it as it was, and leaving an anchor saves it. Arrows go from cell to cell. Everything else is htmx.
const CELL = "a[data-cell]";
let pressed = null; // where the pointer went down last: some browsers do not focus a button that is clicked
let kept = []; // forms still being written while the page around them is read anew
let opened = [];

const dirty = (form) => form.dataset.dirty !== undefined;
const part = (node) => node.closest(".part");

function open(form) {
  const field = form.querySelector("[data-focus], textarea, input:not([type=hidden])");
  field?.focus();
  if (field?.matches("textarea")) field.setSelectionRange(field.value.length, field.value.length);
}

function opener(place) {
  const found = place && document.getElementById(place);
  return found?.querySelector("a[data-open], summary, textarea") ?? null;
}

function cancel(form) {
  form.querySelector("[data-cancel]")?.click();
}

function neighbour(cell, key) {
  const row = cell.closest("tr");
  const column = [...row.cells].indexOf(cell.closest("td, th"));
  const forward = getComputedStyle(row).direction === "rtl" ? "ArrowLeft" : "ArrowRight";
  if (key === "ArrowUp") return row.previousElementSibling?.cells[column];
  if (key === "ArrowDown") return row.nextElementSibling?.cells[column];
  return row.cells[column + (key === forward ? 1 : -1)];
}

// The form of a part takes the part's place; its answer says which piece of its page that is.
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-open]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  window.htmx.ajax("GET", link.href, { source: link, target: part(link), swap: "outerHTML" });
});

document.addEventListener("pointerdown", (event) => (pressed = event.target));
document.addEventListener("input", (event) => {
  const form = event.target.closest("[data-part-form]");
  if (form) form.dataset.dirty = "";
});

document.addEventListener("keydown", (event) => {
  const form = event.target.closest("[data-part-form]");
  if (form && event.key === "Escape") {
    event.preventDefault();
    cancel(form);
  } else if (form && event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    form.requestSubmit();
  } else if (event.key.startsWith("Arrow") && event.target.matches(CELL) && !event.altKey && !event.ctrlKey) {
    const next = neighbour(event.target, event.key)?.querySelector(CELL);
    if (!next) return;
    event.preventDefault();
    next.focus();
  }
});

// A cell that is left is saved, as in a table of figures; one that was not changed closes.
document.addEventListener("focusout", (event) => {
  const form = event.target.closest?.("[data-cells] td [data-part-form]");
  if (!form?.isConnected || form.dataset.sent !== undefined) return;
  if (form.contains(event.relatedTarget) || document.activeElement === event.target) return;
  if (!event.relatedTarget && form.contains(pressed)) return;
  if (dirty(form)) form.requestSubmit();
  else cancel(form);
});

// What is on its way is not sent a second time when its field goes; what did not arrive is.
document.addEventListener("htmx:beforeRequest", ({ detail }) => {
  if (detail.elt.matches("[data-part-form]") || detail.elt.matches("[data-cancel]")) {
    detail.elt.closest("[data-part-form]").dataset.sent = "";
  }
});
document.addEventListener("htmx:afterRequest", ({ detail }) => {
  if (!detail.successful) delete detail.elt.closest?.("[data-part-form]")?.dataset.sent;
});

// Where the part that was written is not in the answer, somebody has to sign in again, or the draft was published:
// the form stays, with everything typed.
function isMissing({ target, serverResponse }) {
  return document.querySelector("#studio") && target.id && !serverResponse.includes(`id="${target.id}"`);
}

document.addEventListener("htmx:beforeSwap", (event) => {
  if (isMissing(event.detail)) {
    event.detail.shouldSwap = false;
    delete event.detail.requestConfig.elt.closest("[data-part-form]")?.dataset.sent;
    const words = "This was not saved. Sign in again in another tab, or see whether the draft was published; what you typed is still here.";
    document.dispatchEvent(new CustomEvent("screening:toast", { detail: { words, kind: "error" } }));
    return;
  }
  opened = [...document.querySelectorAll("details[id][open]")].map((one) => one.id);
  if (event.detail.target.id !== "studio") return;
  const done = event.detail.requestConfig.elt.closest(".part");
  const forms = [...event.detail.target.querySelectorAll("[data-part-form][data-dirty]")];
  kept = forms.map(part).filter((one) => one && one !== done);
});

document.addEventListener("htmx:afterSwap", () => {
  for (const one of kept) {
    const place = document.getElementById(one.id);
    if (!place || place === one) continue;
    place.replaceWith(one);
    window.htmx.process(one);
  }
  kept = [];
  for (const id of opened) document.getElementById(id)?.setAttribute("open", "");
});

document.addEventListener("htmx:afterSettle", (event) => {
  const { elt, xhr } = event.detail;
  prepare();
  if (document.activeElement !== document.body && document.activeElement?.isConnected) return;
  const form = elt.querySelector?.("[data-part-form]:not(.say)");
  if (form && !elt.matches("#studio")) open(form);
  else opener(new URL(xhr.responseURL, location).searchParams.get("at") ?? elt.id)?.focus();
});

// --- weights: sliders that show their share --------------------------------------------------------------------------

function shares() {
  const fields = [...document.querySelectorAll("[data-weight]")];
  const total = fields.reduce((sum, field) => sum + (Number(field.value) || 0), 0);
  for (const field of fields) {
    const words = total > 0 ? `${Math.round((100 * (Number(field.value) || 0)) / total)}\u00a0%` : "no weight";
    for (const shown of document.querySelectorAll(`[data-share="${field.name}"]`)) shown.textContent = words;
  }
}

function prepare() {
  for (const slider of document.querySelectorAll("[data-slider-of][hidden]")) {
    const field = slider.form.elements[slider.dataset.sliderOf];
    slider.hidden = false;
    if (Number(field.value) > Number(slider.max)) slider.max = field.value;
    slider.value = field.value;
  }
}

document.addEventListener("input", (event) => {
  const slider = event.target.matches("[data-slider-of]") ? event.target : null;
  if (slider) slider.form.elements[slider.dataset.sliderOf].value = slider.value;
  else if (event.target.matches("[data-weight]")) {
    event.target.form.querySelector(`[data-slider-of="${event.target.name}"]`).value = event.target.value;
  }
  if (slider || event.target.matches("[data-weight]")) shares();
});

prepare();
const at = new URLSearchParams(location.search).get("at");
if (at) opener(at)?.focus();
