// Saves a scorecard as it is written, at the latest two seconds after a keystroke. Until the server has it, the text is
// also kept in this browser. No save overwrites newer text: the server answers 409 and conflict.js lets its writer choose.
// Speaks by events on the form: "draft:conflict" and "draft:saved" go out, "draft:resolve" comes in.
const QUIET = 700;
const LONGEST = 1800;
const RETRY = 3000;
const PATIENCE = 15_000;
const SMALL = 60_000; // bytes that a browser still sends for a page that closes

const form = document.querySelector("form[data-scorecard]");
const shown = document.querySelector("[data-saved]");
const prefix = `scorecard-${form.dataset.scorecard}-`;
const key = prefix + tab();

let typedSince = 0; // when the oldest text that is not on the server was typed; 0 if there is none
let tried = 0; // when the last attempt began
let timer = 0;
let running = null;
let waiting = false; // for its writer to settle a conflict
let base = new Map(texts());

function tab() {
  const known = sessionStorage.getItem("tab") ?? crypto.randomUUID?.() ?? String(Math.random());
  sessionStorage.setItem("tab", known);
  return known;
}

function texts() {
  const all = new Map();
  for (const [name, value] of new FormData(form)) {
    if (name === "csrfmiddlewaretoken" || name === "revision" || name.startsWith("choice-")) continue;
    if (value !== "") all.set(name, [...(all.get(name) ?? []), value]);
  }
  return all;
}

const print = (map) => JSON.stringify([...map]);

// --- what this browser keeps ---------------------------------------------------------------------------------------

function keep() {
  const copy = { revision: form.elements.revision.value, at: Date.now(), fields: [...texts()] };
  try {
    localStorage.setItem(key, JSON.stringify(copy));
  } catch {
    // full or forbidden: the text still stands in the page
  }
}

function forget(name = key) {
  try {
    localStorage.removeItem(name);
  } catch {
    // nothing was kept
  }
}

function kept() {
  try {
    const names = Object.keys(localStorage).filter((name) => name.startsWith(prefix));
    const copies = names.map((name) => ({ name, ...JSON.parse(localStorage.getItem(name)) }));
    return copies.sort((one, other) => other.at - one.at)[0] ?? null;
  } catch {
    return null;
  }
}

function fill(fields) {
  for (const [name] of fields) form.dispatchEvent(new CustomEvent("draft:need", { detail: name }));
  const values = new Map(fields);
  for (const field of form.elements) {
    if (!field.name || field.type === "hidden" || field.type === "submit" || field.name.startsWith("choice-")) continue;
    const given = values.get(field.name) ?? [];
    if (field.type === "radio" || field.type === "checkbox") field.checked = given.includes(field.value);
    else field.value = given[0] ?? "";
  }
  form.dispatchEvent(new CustomEvent("draft:filled"));
}

function restore() {
  const copy = kept();
  if (!copy) return;
  forget(copy.name);
  if (print(new Map(copy.fields)) === print(texts())) return;
  fill(copy.fields);
  form.elements.revision.value = copy.revision;
  document.querySelector("[data-trouble=restored]").hidden = false;
  touched(0);
}

// --- what the page says ----------------------------------------------------------------------------------------------

function say(words) {
  if (shown.textContent !== words) shown.textContent = words;
}

function trouble(kind, words = "") {
  for (const line of document.querySelectorAll("[data-trouble]:not([data-trouble=restored])")) {
    line.hidden = line.dataset.trouble !== kind;
  }
  if (words) document.querySelector("[data-problem]").textContent = words;
  if (["offline", "expired", "refused"].includes(kind)) say("Not saved");
}

// --- saving ----------------------------------------------------------------------------------------------------------

function touched(wait = QUIET) {
  typedSince ||= Date.now();
  keep();
  if (waiting) return;
  clearTimeout(timer);
  timer = setTimeout(save, Math.max(0, Math.min(wait, Math.max(typedSince, tried) + LONGEST - Date.now())));
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
  const body = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (!name.startsWith("choice-")) body.append(name, value);
  return fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" }, redirect: "manual", ...options });
}

async function send() {
  if (waiting || !typedSince) return;
  const sent = texts();
  const started = (tried = Date.now());
  let answer = null;
  try {
    answer = await post({ signal: AbortSignal.timeout(PATIENCE) });
  } catch {
    trouble("offline");
    again(RETRY);
    return;
  }
  await (ANSWERS[answer.type === "opaqueredirect" ? "signedOut" : answer.status] ?? ANSWERS.other)(answer, sent, started);
}

async function saved(answer, sent, started) {
  const { revision, saved: clock } = await answer.json();
  form.elements.revision.value = revision;
  base = sent;
  trouble("");
  say(`Saved ${clock}`);
  form.dispatchEvent(new CustomEvent("draft:saved"));
  typedSince = 0;
  if (print(texts()) === print(sent)) forget();
  else touched(Math.max(0, QUIET - (Date.now() - started)));
}

async function conflict(answer) {
  waiting = true;
  say("Not saved");
  form.dispatchEvent(new CustomEvent("draft:conflict", { detail: { ...(await answer.json()), base, mine: texts() } }));
}

async function refused(answer) {
  const { problem } = await answer.json();
  trouble("refused", problem);
}

function signedOut() {
  trouble("expired");
  again(RETRY);
}

// Signing in again changes the token that proves a form is ours; the page itself has the new one.
async function newToken() {
  try {
    const page = await fetch(form.dataset.page, { redirect: "manual" });
    if (page.ok) {
      const text = new DOMParser().parseFromString(await page.text(), "text/html");
      const token = text.querySelector("[name=csrfmiddlewaretoken]")?.value;
      for (const field of document.querySelectorAll("[name=csrfmiddlewaretoken]")) if (token) field.value = token;
      again(token ? 0 : RETRY);
      return;
    }
    if (page.status === 404) {
      trouble("refused", "Whoever is signed in here now can’t write on this scorecard. Sign in as yourself.");
    } else {
      trouble("expired");
    }
  } catch {
    trouble("offline");
  }
  again(RETRY);
}

function unable() {
  trouble("offline");
  again(RETRY);
}

const ANSWERS = { 200: saved, 409: conflict, 422: refused, 403: newToken, 404: newToken, signedOut, other: unable };

async function flush() {
  clearTimeout(timer);
  if (running) await running;
  if (typedSince) await save();
  return !typedSince && !waiting;
}

// --- what happens to the page ------------------------------------------------------------------------------------------

form.addEventListener("input", (event) => {
  if (!event.target.name?.startsWith("choice-")) touched();
});
form.addEventListener("draft:resolve", (event) => {
  waiting = false;
  form.elements.revision.value = event.detail.revision;
  touched(0);
});
form.addEventListener("draft:drop", () => {
  waiting = false;
  typedSince = 0;
  trouble("");
  forget();
});
form.addEventListener("submit", async (event) => {
  if (event.submitter?.value !== "review") return;
  event.preventDefault();
  if (await flush()) location.assign(form.dataset.reviewPage);
});
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible" && typedSince) again(0);
});
addEventListener("online", () => typedSince && again(0));
addEventListener("pagehide", () => {
  if (!typedSince || waiting || running) return;
  if (JSON.stringify([...texts()]).length < SMALL) post({ keepalive: true }).catch(() => {});
});
addEventListener("beforeunload", (event) => {
  if (waiting || document.querySelector("[data-trouble]:not([hidden], [data-trouble=restored])")) event.preventDefault();
});
document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key === "Enter") {
    event.preventDefault();
    document.querySelector("[data-review]").click();
  }
});
restore();
