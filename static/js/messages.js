// Messages: dismissed by their button; those in the live region go by themselves when nobody rests on them. Says so when
// the server cannot be reached, and brings focus to the summary of what is wrong with a form.
const STAYS = 10_000;

function prepare(message) {
  const button = message.querySelector("[data-dismiss]");
  if (!button || !button.hidden) return;
  button.hidden = false;
  if (message.querySelector("[data-undo]")) countDown(message);
  else if (message.closest("#toasts") && !message.matches(".message-error, .message-warning")) leave(message);
}

// To undo is offered for ten seconds, and as long as somebody rests on the message.
function countDown(message) {
  const left = message.querySelector("[data-undo-left]");
  let seconds = STAYS / 1000;
  const tick = () => {
    left.textContent = seconds;
    if (seconds > 0) seconds -= 1;
    else if (!message.matches(":hover, :focus-within")) return message.remove();
    return setTimeout(tick, 1000);
  };
  tick();
}

function leave(message) {
  setTimeout(() => (message.matches(":hover, :focus-within") ? leave(message) : message.remove()), STAYS);
}

function prepareAll() {
  document.querySelectorAll("[data-message]").forEach(prepare);
}

function toast(words, kind = "info") {
  const message = document.createElement("div");
  message.className = `message message-${kind}`;
  const text = document.createElement("p");
  text.textContent = words;
  message.append(text);
  document.getElementById("toasts").append(message);
  leave(message);
}

function connection(words) {
  const line = document.querySelector("[data-connection]");
  line.textContent = words;
  line.classList.toggle("lost", words !== "");
}

document.addEventListener("keydown", (event) => {
  const off = document.body.dataset.singleKeys === "off" || event.ctrlKey || event.metaKey || event.altKey;
  if (off || event.key.toLowerCase() !== "u" || event.target.matches("input, textarea, select")) return;
  [...document.querySelectorAll("[data-undo]")].at(-1)?.click();
});
document.addEventListener("click", (event) => {
  event.target.closest("[data-dismiss]")?.closest("[data-message]").remove();
});
// A form on its way to its next page is not saved once more on the side: that would come too late, and be refused.
let submitted = null;
addEventListener("submit", (event) => {
  if (event.defaultPrevented) return;
  submitted = event.target;
  submitted.dispatchEvent(new Event("htmx:abort"));
});
addEventListener("pageshow", () => (submitted = null));
document.addEventListener("htmx:beforeRequest", (event) => {
  if (submitted && event.detail.elt === submitted) event.preventDefault();
});
document.addEventListener("htmx:sendError", () => connection("The server cannot be reached. Nothing typed here is lost; try again."));
document.addEventListener("htmx:afterRequest", (event) => event.detail.xhr?.status && connection(""));
const NOT_DONE = {
  400: "That was incomplete or too large, and was not saved.",
  401: "You have been signed out. Sign in in another window, then try again here; what you typed is still there.",
  403: "You may not do that any more. Reload the page.",
  404: "This is no longer here. Reload the page.",
  413: "That was too large, and was not saved.",
  429: "That was tried too often. Wait a minute, then try again.",
  502: "The server is starting or very busy. Try again in a minute; what you typed is still there.",
};
NOT_DONE[503] = NOT_DONE[504] = NOT_DONE[502];
document.addEventListener("htmx:responseError", (event) => {
  toast(NOT_DONE[event.detail.xhr.status] ?? "Something went wrong on our side. Try again.", "error");
});
document.addEventListener("htmx:afterSettle", (event) => {
  prepareAll();
  const held = document.activeElement; // the body, when what had the focus has been taken away
  if (held === document.body || !event.target.contains(held)) event.target.querySelector("[data-focus]")?.focus();
});
document.addEventListener("screening:toast", (event) => toast(event.detail.words, event.detail.kind));
prepareAll();
document.querySelector("[data-focus]")?.focus();
