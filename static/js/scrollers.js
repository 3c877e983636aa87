// What scrolls sideways can be reached by keyboard: a wide table takes part in the order of focus while it
// is wider than its place.
const watched = new ResizeObserver((entries) => entries.forEach((entry) => prepare(entry.target)));

function prepare(scroller) {
  if (scroller.scrollWidth > scroller.clientWidth) scroller.tabIndex = 0;
  else scroller.removeAttribute("tabindex");
}

function watchAll() {
  for (const scroller of document.querySelectorAll(".table-scroll:not([tabindex])")) watched.observe(scroller);
}

document.addEventListener("htmx:afterSettle", watchAll);
watchAll();
