// What a scorecard's page does while one writes: counts what is done, unlocks the recommendation, asks for evidence where a
// level needs it, adds one more block when the last is used, and counts the minutes spent on each question.
import { form, isEmpty, rename } from "./draft_fields.js";

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
  tell(all);
  form.querySelector("[data-unlocks]").disabled = !all && form.elements.comment.value === "";
  form.querySelector("[data-locked]").hidden = all;
}

let told = null;

function tell(all) {
  const line = document.querySelector("[data-opened]");
  if (told === false && all) line.textContent = "Every dimension is done. The overall recommendation is open.";
  else if (!all) line.textContent = "";
  told = all;
}

// --- evidence ------------------------------------------------------------------------------------------------------------

function blocks(dimension) {
  return [...dimension.querySelectorAll("[data-evidence]")];
}

function ask(dimension) {
  if (blocks(dimension).every(isEmpty)) dimension.querySelector("[data-evidence-more]").open = true;
}

const prefix = (block) => block.querySelector("textarea").name.replace(/\D+$/, "");
const number = (block) => Number(prefix(block).split("-").at(-1));

// A copy of the last block under the next number.
function add(dimension) {
  const more = dimension.querySelector("[data-evidence-more]");
  const last = more.querySelector("[data-evidence]");
  const copy = last.cloneNode(true);
  const free = Math.max(...blocks(dimension).map(number)) + 1;
  const fields = [...copy.querySelectorAll("[name]")];
  rename(copy, new Map(fields.map(({ name }) => [name, name.replace(/-\d+-(?=\D+$)/, `-${free}-`)])));
  for (const field of fields) field.value = field.defaultValue = "";
  more.before(last);
  more.append(copy);
  more.open = false;
  blocks(dimension).forEach((block, index) => {
    block.querySelector("legend").textContent = `Evidence ${index + 1}`;
  });
  return copy;
}

function dimensionOf(name) {
  const [, pk, wanted] = name.match(/^evidence-(\d+)-(\d+)-/) ?? [];
  return { dimension: pk && document.getElementById(`dimension-${pk}`), wanted: Number(wanted) };
}

// A field that text is to be put into may not exist yet.
form.addEventListener("draft:need", ({ detail: name }) => {
  const { dimension, wanted } = dimensionOf(name);
  if (!dimension) return;
  for (let tries = 0; !form.elements[name] && tries <= wanted; tries += 1) add(dimension);
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
const store = `minutes-${form.dataset.scorecard}`;
const spent = new Map(JSON.parse(sessionStorage.getItem(store) ?? "[]"));
const questions = [...form.querySelectorAll("[data-question]")];
let asking = null;

function clock(question) {
  const minutes = Math.floor((spent.get(question.dataset.question) ?? 0) / 60);
  const line = question.querySelector("[data-minutes-shown]");
  const words = `${minutes} of ${question.dataset.minutes} min`;
  if (line.textContent !== words) line.textContent = words;
  line.classList.toggle("text-warn", minutes >= Number(question.dataset.minutes));
}

function turnTo(question) {
  if (question === asking) return;
  asking?.removeAttribute("data-asking");
  asking = question;
  asking.setAttribute("data-asking", "");
  clock(asking);
}

function tick() {
  const now = Date.now() / 1000;
  const talking = now > Number(form.dataset.starts) - BEFORE && now < Number(form.dataset.ends) + AFTER;
  if (!asking || !talking) return;
  spent.set(asking.dataset.question, (spent.get(asking.dataset.question) ?? 0) + 1);
  sessionStorage.setItem(store, JSON.stringify([...spent]));
  clock(asking);
}

for (const event of ["focusin", "pointerdown"]) {
  form.addEventListener(event, ({ target }) => {
    const question = target.closest("[data-question]");
    if (question) turnTo(question);
  });
}
form.addEventListener("input", show);
form.addEventListener("draft:filled", show);
form.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.target.matches("input[type=text]")) event.preventDefault(); // it would end the writing
});
questions.filter((question) => spent.has(question.dataset.question)).forEach(clock);
setInterval(tick, 1000);
show();
