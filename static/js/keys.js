// Ctrl K finds; ? shows the keys. Single keys can be switched off by their reader and never act while somebody types.
function typing(target) {
  return target.matches?.("input:not([type=radio], [type=checkbox]), textarea, select, [contenteditable]") ?? false;
}

function find() {
  const field = document.querySelector("[data-search]");
  if (!field) return;
  const places = field.closest("[popover]");
  if (places && !field.checkVisibility()) places.showPopover();
  field.focus();
  field.select();
}

document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "k") {
    event.preventDefault();
    find();
  } else if (event.key === "?" && document.body.dataset.singleKeys !== "off" && !typing(event.target)) {
    event.preventDefault();
    document.querySelector("[data-keys]:not([open])")?.showModal();
  }
});
