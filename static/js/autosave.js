// Saves a scorecard as it is written, at the latest two seconds after a keystroke. Until the server has it, the text is
// also kept in this browser. No save overwrites newer text: the server answers 409, what only the other window changed is
// taken over, and where both wrote, conflict.js lets the writer choose.
// Speaks by events on the form: "draft:clash" and "draft:saved" go out, "draft:settled" and "draft:again" come in.
import { compare, fill, form, put, texts } from "./draft_fields.js";
import { begin, clearOld, forget, keep, leftBehind } from "./draft_store.js";

const QUIET = 700;
const LONGEST = 1800;
const RETRY = 3000;
const PATIENCE = 10_000;
const SMALL = 60_000; // bytes that a browser still sends for a page that closes

const shown = document.querySelector("[data-saved]");

let typedSince = 0; // when the oldest text that is not on the server was typed; 0 if there is none
let tried = 0; // when the last attempt began
let timer = 0;
let running = null;
let waiting = false; // for its writer to settle a conflict
let known = [texts()]; // what the server had when it last answered, then what was sent since and may have arrived
const noticed = new Set();

const print = (map) => JSON.stringify([...map]);

// --- what the page says ----------------------------------------------------------------------------------------------

function say(words) {
  if (shown.textContent !== words) shown.textContent = words;
}

function trouble(kind, words = "") {
  for (const line of document.querySelectorAll("[data-trouble]")) line.hidden = line.dataset.trouble !== kind;
  if (words) document.querySelector("[data-problem]").textContent = words;
  if (kind) say("Not saved");
}

const troubled = () => document.querySelector("[data-trouble]:not([hidden])");

// One follows the other within a moment, and both are to be read.
function notice(words) {
  document.querySelector("[data-notice]").textContent = [...noticed.add(words)].join(" ");
}

// --- saving ----------------------------------------------------------------------------------------------------------

function touched(wait = QUIET) {
  typedSince ||= Date.now();
  keep({ revision: form.elements.revision.value, known, fields: texts() });
  if (waiting) return;
  again(Math.max(0, Math.min(wait, Math.max(typedSince, tried) + LONGEST - Date.now())));
}

function again(wait) {
  clearTimeout(timer);
  timer = setTimeout(save, wait);
}

function save() {
  running ??= send().finally(() => (running = null));
  return running;
}

function post(options = {}) {
  const body = new URLSearchParams([...new FormData(form)]);
  return fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" }, redirect: "manual", ...options });
}

async function send() {
  if (waiting || !typedSince) return;
  const sent = texts();
  const started = (tried = Date.now());
  known.push(sent);
  try {
    const answer = await post({ signal: AbortSignal.timeout(PATIENCE) });
    const act = ANSWERS[answer.type === "opaqueredirect" ? "signedOut" : answer.status] ?? unable;
    await act(answer, sent, started);
  } catch {
    unable();
  }
}

async function saved(answer, sent, started) {
  const { revision, saved: clock } = await answer.json();
  form.elements.revision.value = revision;
  known = [sent];
  trouble("");
  say(`Saved ${clock}`);
  typedSince = 0;
  if (print(texts()) === print(sent)) {
    await forget();
    form.dispatchEvent(new CustomEvent("draft:saved"));
  } else {
    touched(Math.max(0, QUIET - (Date.now() - started)));
  }
}

async function conflict(answer) {
  const { revision, fields, panel } = await answer.json();
  const theirs = new Map(Object.entries(fields));
  const { take, clash } = compare(texts(), theirs, known);
  put(take);
  form.elements.revision.value = revision;
  known = [theirs];
  if (take.size) notice("Text that you saved in another window was brought in here.");
  trouble(clash.size ? "conflict" : "");
  if (clash.size) {
    waiting = true;
    form.dispatchEvent(new CustomEvent("draft:clash", { detail: { panel, clash } }));
  }
  touched(0);
}

async function refused(answer) {
  known.pop();
  trouble("refused", (await answer.json()).problem);
}

function signedOut() {
  known.pop();
  trouble("expired");
  again(RETRY);
}

function unable() {
  if (known.length > 2 && print(known.at(-1)) === print(known.at(-2))) known.pop();
  trouble("offline");
  again(RETRY);
}

// Signing in again changes the token that proves a form is ours; the page itself has the new one.
async function newToken() {
  known.pop();
  const page = await fetch(form.dataset.page, { redirect: "manual" });
  const parsed = page.ok ? new DOMParser().parseFromString(await page.text(), "text/html") : null;
  const token = parsed?.querySelector("[name=csrfmiddlewaretoken]")?.value;
  for (const field of document.querySelectorAll("[name=csrfmiddlewaretoken]")) if (token) field.value = token;
  if (token) return again(0);
  if (page.status === 404) trouble("refused", "Whoever is signed in here now can’t write on this scorecard.");
  else trouble("expired");
  again(RETRY);
}

const ANSWERS = { 200: saved, 409: conflict, 422: refused, 403: newToken, 404: newToken, signedOut };

// Also what another window wrote or left behind, which is taken over and sent in turn.
async function flush() {
  clearTimeout(timer);
  if (running) await running;
  do {
    await save();
    await bringBack();
  } while (typedSince && !waiting && !troubled());
  return !typedSince && !waiting;
}

// What a window that is gone had not saved is written here as if it were typed; the version check does the rest.
async function bringBack() {
  const copy = await leftBehind();
  if (!copy || typedSince || waiting) return;
  const news = print(copy.fields) !== print(texts());
  if (news) {
    known = copy.known;
    form.elements.revision.value = copy.revision;
    fill(copy.fields);
    notice("Brought back what this browser had kept from your last visit.");
    touched(0);
  }
  await forget(copy.key);
  if (!news) await bringBack();
}

// --- what happens to the page ------------------------------------------------------------------------------------------

form.addEventListener("input", () => touched());
form.addEventListener("draft:settled", () => {
  waiting = false;
  trouble("");
  touched(0);
});
form.addEventListener("draft:saved", bringBack);
form.addEventListener("draft:again", () => again(0));
form.addEventListener("submit", async (event) => {
  if (event.submitter?.value !== "review") return;
  event.preventDefault();
  if (await flush()) location.assign(form.dataset.reviewPage);
  else troubled()?.querySelector("input:not([type=hidden]), button, a")?.focus();
});
document.addEventListener("visibilitychange", () => typedSince && again(0));
addEventListener("online", () => typedSince && again(0));
addEventListener("pagehide", () => {
  if (!typedSince || waiting || running) return;
  if (print(texts()).length < SMALL) post({ keepalive: true }).catch(() => {});
});
addEventListener("beforeunload", (event) => {
  if (troubled()) event.preventDefault();
});
document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key === "Enter") {
    event.preventDefault();
    document.querySelector("[data-review]").click();
  }
});
begin(form.dataset.writer, form.dataset.scorecard);
clearOld();
bringBack();
