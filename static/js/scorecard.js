// What a scorecard's page does while one writes: counts what is done, unlocks the recommendation, asks for evidence where a
// level needs it, adds one more block when the last is used, and counts the minutes spent on each question.
const form = document.querySelector("form[data-scorecard]");
const evidenceFrom = form.dataset.evidenceFrom === undefined ? Infinity : Number(form.dataset.evidenceFrom);
const dimensions = [...form.querySelectorAll("[data-dimension]:not([data-overall])")];

const level = (dimension) => dimension.querySelector("[data-levels] input:checked")?.value ?? "";

// --- progress ------------------------------------------------------------------------------------------------------------

function show() {
  let done = 0;
  for (const dimension of dimensions) {
    const value = level(dimension);
    done += value === "" ? 0 : 1;
    dimension.querySelector("[data-state]").textContent = value === "" ? "not rated yet" : "";
    if (value !== "" && value !== "na" && Number(value) >= evidenceFrom) ask(dimension);
  }
  const count = document.querySelector("[data-done]");
  const words = `${done} of ${count.dataset.of} dimension${count.dataset.of === "1" ? "" : "s"}`;
  if (count.textContent !== words) count.textContent = words;
  const all = done === dimensions.length;
  form.querySelector("[data-unlocks]").disabled = !all && form.elements.comment.value === "";
  form.querySelector("[data-locked]").hidden = all;
}

// --- evidence ------------------------------------------------------------------------------------------------------------

function blocks(dimension) {
  return [...dimension.querySelectorAll("[data-evidence]")];
}

const isEmpty = (block) => [...block.querySelectorAll("textarea, input")].every((field) => field.value.trim() === "");

function ask(dimension) {
  if (blocks(dimension).every(isEmpty)) dimension.querySelector("[data-evidence-more]").open = true;
}

// A copy of the last block under the next number.
function add(dimension) {
  const more = dimension.querySelector("[data-evidence-more]");
  const last = more.querySelector("[data-evidence]");
  const [, pk, number] = last.querySelector("textarea").name.match(/^evidence-(\d+)-(\d+)-/);
  const copy = last.cloneNode(true);
  for (const part of copy.querySelectorAll("[name], [id], [for], [aria-describedby]")) {
    for (const attribute of ["name", "id", "for", "aria-describedby"]) {
      const value = part.getAttribute(attribute);
      if (value) part.setAttribute(attribute, value.replace(`evidence-${pk}-${number}-`, `evidence-${pk}-${Number(number) + 1}-`));
    }
    if (part.matches("textarea, input")) part.value = part.defaultValue = "";
  }
  more.before(last);
  more.append(copy);
  more.open = false;
  blocks(dimension).forEach((block, index) => {
    block.querySelector("legend").textContent = `Evidence ${index + 1}`;
  });
  return copy;
}

function dimensionOf(name) {
  const [, pk, number] = name.match(/^evidence-(\d+)-(\d+)-/) ?? [];
  return { dimension: pk && document.getElementById(`dimension-${pk}`), number: Number(number) };
}

// A field that text is to be put into may not exist yet.
form.addEventListener("draft:need", ({ detail: name }) => {
  const { dimension, number } = dimensionOf(name);
  if (!dimension) return;
  for (let tries = 0; !form.elements[name] && tries <= number; tries += 1) add(dimension);
  if (form.elements[name]) form.elements[name].closest("details")?.setAttribute("open", "");
});

// The button of the summary opens the empty block; when that is in use already, there is a new one.
form.addEventListener("click", (event) => {
  const button = event.target.closest("[data-add-evidence]");
  if (!button) return;
  const dimension = button.closest("[data-dimension]");
  const more = button.closest("details");
  event.preventDefault();
  const block = isEmpty(more.querySelector("[data-evidence]")) ? more.querySelector("[data-evidence]") : add(dimension);
  more.open = true;
  block.querySelector("textarea").focus();
});

// --- minutes -------------------------------------------------------------------------------------------------------------

const BEFORE = 10 * 60;
const AFTER = 30 * 60;
const spent = new Map();
let question = null;

function tick() {
  const now = Date.now() / 1000;
  const talking = now > Number(form.dataset.starts) - BEFORE && now < Number(form.dataset.ends) + AFTER;
  if (!question || !talking || document.hidden) return;
  const seconds = (spent.get(question) ?? 0) + 1;
  spent.set(question, seconds);
  const words = `${Math.floor(seconds / 60)} of ${question.dataset.minutes} min`;
  const line = question.querySelector("[data-minutes-shown]");
  if (seconds >= 60 && line.textContent !== words) line.textContent = words;
}

form.addEventListener("focusin", (event) => {
  question = event.target.closest("[data-question]") ?? question;
});
form.addEventListener("input", show);
form.addEventListener("draft:filled", show);
setInterval(tick, 1000);
show();
