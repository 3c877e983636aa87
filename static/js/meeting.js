// A debrief on a shared screen, by keys: J and the right arrow go on, K and the left arrow go back, F fills the screen.
// The buttons are links, so it works by pointing too, and without this.
const PRESSES = {
  j: "[data-next]",
  arrowright: "[data-next]",
  k: "[data-previous]",
  arrowleft: "[data-previous]",
  f: "[data-full-screen]",
};

function typing(target) {
  return target.closest?.("input, textarea, select, [contenteditable]") ?? false;
}

function offerFullScreen() {
  const button = document.querySelector("[data-full-screen]");
  if (button) button.hidden = !document.fullscreenEnabled;
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat || typing(event.target)) return;
  if (document.body.dataset.singleKeys === "off" || document.querySelector("dialog[open]")) return;
  const button = document.querySelector(PRESSES[event.key.toLowerCase()] ?? "[data-none]");
  if (!button || button.hidden) return;
  event.preventDefault();
  button.click();
});
document.addEventListener("click", (event) => {
  if (!event.target.closest?.("[data-full-screen]")) return;
  if (document.fullscreenElement) document.exitFullscreen();
  else document.documentElement.requestFullscreen();
});
document.addEventListener("htmx:afterSettle", offerFullScreen);
offerFullScreen();
