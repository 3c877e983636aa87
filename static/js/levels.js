// Scoring by keys, on pages with [data-dimension] parts: a number chooses that level, N “not assessed”, J and K go to the
// next and the previous dimension, E to its evidence. The choice itself is a radio button, so it submits and announces itself.
function typing(target) {
  return target.matches?.("input:not([type=radio], [type=checkbox]), textarea, select, [contenteditable]") ?? false;
}

const dimensions = () => [...document.querySelectorAll("[data-dimension]")];
const current = () => document.activeElement?.closest("[data-dimension]") ?? null;

function focusLevels(dimension) {
  const radios = [...dimension.querySelectorAll("[data-levels] input")];
  (radios.find((radio) => radio.checked) ?? radios[0])?.focus();
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
  const radio = dimension?.querySelector(`[data-levels] input[value="${value}"]`);
  if (!radio || radio.matches(":disabled")) return false;
  radio.focus();
  if (!radio.checked) radio.click();
  return true;
}

function evidence() {
  const field = current()?.querySelector("[data-evidence] textarea, [data-add-evidence]");
  field?.focus();
  return Boolean(field);
}

const ACTIONS = {
  j: () => (step(1), true),
  k: () => (step(-1), true),
  n: () => choose("na"),
  e: evidence,
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  if (document.body.dataset.singleKeys === "off" || !dimensions().length) return;
  const done = /^\d$/.test(event.key) ? choose(event.key) : ACTIONS[event.key.toLowerCase()]?.();
  if (done) event.preventDefault();
});
