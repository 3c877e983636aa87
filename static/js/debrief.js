// What stands behind a level is shown beside it while one points at it or reaches it by keys. The link itself leads to the
// same words further down, so nothing is lost without this. Escape closes it.
const panel = document.createElement("div");
panel.className = "said";
panel.popover = "manual";
panel.setAttribute("aria-hidden", "true"); // a reader who listens follows the link
document.body.append(panel);
const PATIENCE = 150; // ms to cross from the level to its words
let leaving = 0;

function hide() {
  if (panel.matches(":popover-open")) panel.hidePopover();
}

function place(cell) {
  const at = cell.getBoundingClientRect();
  const below = at.bottom + 6;
  const { offsetWidth: width, offsetHeight: height } = panel;
  panel.style.left = `${Math.max(8, Math.min(at.left, innerWidth - width - 16))}px`;
  panel.style.top = `${below + height < innerHeight ? below : Math.max(8, at.top - height - 6)}px`;
}

function show(cell) {
  clearTimeout(leaving);
  const words = document.getElementById(cell.hash.slice(1));
  if (!words) return;
  const copy = words.cloneNode(true);
  copy.removeAttribute("id");
  for (const part of copy.querySelectorAll("details, a")) part.remove();
  panel.replaceChildren(copy);
  if (!panel.matches(":popover-open")) panel.showPopover();
  place(cell);
}

function leave() {
  clearTimeout(leaving);
  leaving = setTimeout(hide, PATIENCE);
}

for (const cell of document.querySelectorAll("[data-said]")) {
  cell.addEventListener("pointerenter", (event) => event.pointerType === "mouse" && show(cell));
  cell.addEventListener("pointerleave", leave);
  cell.addEventListener("focus", () => cell.matches(":focus-visible") && show(cell));
  cell.addEventListener("blur", leave);
  cell.addEventListener("click", hide);
}
panel.addEventListener("pointerenter", () => clearTimeout(leaving));
panel.addEventListener("pointerleave", leave);
document.addEventListener("keydown", (event) => event.key === "Escape" && hide());
document.addEventListener("scroll", hide, { passive: true });
