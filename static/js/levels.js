// Scoring by keys, on pages with [data-dimension] parts: a number chooses that level (two digits for ten), N “not assessed”,
// J and K go to the next and the previous dimension, E to its evidence, Q to the notes on the question being asked, Escape
// out of a text back to the levels. The choice itself is a radio button, so it submits and announces itself.
const PAUSE = 600; // between the two digits of a level
let last = null;
let first = { digit: "", at: 0 };

function typing(target) {
  return target.matches?.("input:not([type=radio], [type=checkbox]), textarea, select, [contenteditable]") ?? false;
}

const dimensions = () => [...document.querySelectorAll("[data-dimension]")];

function current() {
  return document.activeElement?.closest("[data-dimension]") ?? (last?.isConnected ? last : null);
}

function focusLevels(dimension) {
  last = dimension;
  const radios = [...dimension.querySelectorAll("[data-levels] input:enabled")];
  const goal = radios.find((radio) => radio.checked) ?? radios[0] ?? dimension;
  if (goal === dimension) dimension.tabIndex = -1;
  goal.focus({ preventScroll: true });
  dimension.scrollIntoView({ block: "nearest" });
}

function step(by) {
  const all = dimensions();
  const at = all.indexOf(current());
  const next = at < 0 ? all[by > 0 ? 0 : all.length - 1] : all[at + by];
  if (next) focusLevels(next);
}

function choose(value) {
  const dimension = current() ?? dimensions()[0];
  const radio = dimension?.querySelector(`[data-levels] :is(input[value="${value}"], input[data-key="${value}"])`);
  if (!radio || radio.matches(":disabled")) return false;
  last = dimension;
  radio.focus();
  if (!radio.checked) radio.click();
  return true;
}

function digit(key) {
  const both = first.digit + key;
  const soon = first.digit !== "" && Date.now() - first.at < PAUSE;
  first = { digit: key, at: Date.now() };
  return (soon && choose(both)) || choose(key);
}

function evidence() {
  const dimension = current();
  const add = dimension?.querySelector("[data-add-evidence]");
  if (add) add.click();
  else dimension?.querySelector("[data-evidence] textarea")?.focus();
  return Boolean(dimension);
}

function notes() {
  const field = document.querySelector("[data-asking] textarea") ?? document.querySelector("[data-question] textarea");
  field?.focus();
  return Boolean(field);
}

const ACTIONS = {
  j: () => (step(1), true),
  k: () => (step(-1), true),
  n: () => choose("na"),
  e: evidence,
  q: notes,
};

document.addEventListener("focusin", (event) => {
  last = event.target.closest?.("[data-dimension]") ?? last;
});
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || !dimensions().length) return;
  if (event.key === "Escape" && typing(event.target) && event.target.form?.querySelector("[data-dimension]")) {
    focusLevels(last?.isConnected ? last : dimensions()[0]);
  }
  if (typing(event.target) || document.body.dataset.singleKeys === "off" || document.querySelector("dialog[open]")) return;
  const done = /^\d$/.test(event.key) ? digit(event.key) : ACTIONS[event.key.toLowerCase()]?.();
  if (done) event.preventDefault();
});
