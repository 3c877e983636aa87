// The board: cards are dragged between columns, or moved by their own menu (M). A card moves at once, and goes back,
// with the reason, when the server refuses. Without this script the cards' links lead to a page with the same form.
const board = document.querySelector("[data-board]");
const dialog = document.getElementById("move");
const ASK_WHY = new Set(["rejected", "withdrawn"]);
let under = null; // the card on its way: where it came from, to put it back
let moving = null; // the id of the card last asked to move, for the focus afterwards

function count(column, by) {
  const label = document.getElementById(`count-${column.dataset.stage}`);
  label.textContent = (Number(label.textContent.replaceAll(",", "")) + by).toLocaleString("en");
}

function putBack({ card, from, before, to }) {
  from.insertBefore(card, before?.parentNode === from ? before : null);
  card.classList.remove("moving");
  count(from, 1);
  count(to, -1);
}

function filterNow() {
  return Object.fromEntries(new FormData(document.querySelector("[data-filters]")));
}

function send(card, to) {
  const sent = window.htmx.ajax("POST", card.dataset.move, {
    source: card,
    target: "#move-body",
    swap: "none",
    values: { ...filterNow(), to: to.dataset.stage, seen: card.dataset.seen, dragged: 1, next: location.pathname + location.search },
  });
  sent?.catch(() => {}); // what failed is said by the events below
}

async function ask(card, stage = "") {
  moving = card.id;
  const url = `${card.dataset.move}?next=${encodeURIComponent(location.pathname + location.search)}&to=${stage}`;
  await window.htmx.ajax("GET", url, { source: dialog, target: "#move-body" });
  dialog.showModal();
  dialog.querySelector(stage ? "textarea" : "select")?.focus();
}

function dropped(event) {
  const move = { card: event.item, from: event.from, to: event.to, before: event.from.children[event.oldIndex] };
  count(move.from, -1);
  count(move.to, 1);
  if (ASK_WHY.has(move.to.dataset.kind)) {
    putBack(move);
    ask(move.card, move.to.dataset.stage);
    return;
  }
  move.card.classList.add("moving");
  under = move;
  moving = move.card.id;
  send(move.card, move.to);
}

async function makeSortable() {
  await import(board.dataset.sortable); // puts Sortable on the window
  for (const column of board.querySelectorAll(".column-cards")) {
    window.Sortable.create(column, {
      group: "board",
      draggable: ".tile",
      filter: ".tile-fixed, .more",
      preventOnFilter: false,
      sort: false,
      delay: 150,
      delayOnTouchOnly: true,
      onAdd: dropped,
    });
  }
  board.dataset.ready = "";
}

document.addEventListener("htmx:afterRequest", (event) => {
  if (!under || event.detail.elt !== under.card) return;
  const status = event.detail.xhr?.status ?? 0;
  if (status !== 200 && status !== 409) putBack(under);
  under = null;
});

document.addEventListener("htmx:sendError", () => {
  if (under) putBack(under);
  under = null;
});

for (const name of ["screening:moved", "screening:refused"]) {
  document.addEventListener(name, () => {
    if (dialog?.open) dialog.close();
    setTimeout(() => document.querySelector(`#${moving} .tile-move`)?.focus(), 50);
  });
}

board.addEventListener("click", (event) => {
  const link = event.target.closest("[data-move-menu]");
  if (!link || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  ask(link.closest("[data-card]"));
});

dialog?.addEventListener("click", (event) => {
  if (!event.target.closest("[data-leave]")) return;
  event.preventDefault();
  dialog.close();
});

document.addEventListener("keydown", (event) => {
  const card = document.activeElement?.closest?.("[data-card]:not(.tile-fixed)");
  const off = document.body.dataset.singleKeys === "off" || event.ctrlKey || event.metaKey || event.altKey;
  if (!card || off || dialog?.open || event.key.toLowerCase() !== "m" || board.hasAttribute("data-still")) return;
  event.preventDefault();
  ask(card);
});

if (!board.hasAttribute("data-still")) makeSortable();
