// The board: cards are dragged between columns, or moved by their own menu, or by keys (board_keys.js). A card moves at
// once, and goes back, with the reason, when the server refuses. Without this script the cards' links lead to a page with
// the same form.
const board = document.querySelector("[data-board]");
const dialog = document.getElementById("move");
const ASK_WHY = new Set(["rejected", "withdrawn"]);
let under = null; // the card on its way: where it came from, to put it back
let moving = null; // the card last asked to move (its id), for the focus afterwards
const reasons = new Map(); // what was typed in the dialog and not sent, of a card and the stage chosen for it
let following = null; // the card that has the focus when that one has gone elsewhere by its menu (its id)

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

export async function ask(card, stage = "") {
  moving = card.id;
  following = [card.nextElementSibling, card.previousElementSibling].find((each) => each?.matches("[data-card]"))?.id;
  const url = `${card.dataset.move}?next=${encodeURIComponent(location.pathname + location.search)}&to=${stage}`;
  document.getElementById("move-body").replaceChildren(); // whoever was asked about before must not be moved instead
  await window.htmx.ajax("GET", url, { source: dialog, target: "#move-body" })?.catch(() => {});
  if (!dialog.querySelector("form") || dialog.open) return;
  reasonField().value ||= reasons.get(asked()) ?? "";
  dialog.showModal();
  dialog.querySelector(stage ? "textarea" : "select")?.focus();
}

function asked() {
  return `${moving} ${dialog.querySelector("select")?.value}`;
}

function reasonField() {
  return dialog.querySelector("textarea") ?? {}; // where no hand moves a card, nothing is asked
}

function focus(id) {
  const name = document.querySelector(`#${id} .tile-name`);
  name?.focus();
  return Boolean(name);
}

function dropped(event) {
  begin({ card: event.item, from: event.from, to: event.to, before: event.from.children[event.oldIndex] });
}

export function put(card, to) {
  if (under) return;
  const move = { card, from: card.parentNode, to, before: card.nextElementSibling };
  to.prepend(card);
  focus(card.id);
  begin(move);
}

function begin(move) {
  count(move.from, -1);
  count(move.to, 1);
  if (ASK_WHY.has(move.to.dataset.kind)) {
    putBack(move);
    ask(move.card, move.to.dataset.stage);
    return;
  }
  move.card.classList.add("moving");
  under = move;
  [moving, following] = [move.card.id, null];
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
    for (const one of reasons.keys()) if (one.startsWith(`${moving} `)) reasons.delete(one);
    setTimeout(() => focus(following) || focus(moving), 50);
  });
}

// Undone in place, so that the board stays where it was scrolled to.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.querySelector("[data-undo]") || !form.getAttribute("action").startsWith("/stage-changes/")) return;
  event.preventDefault();
  following = null;
  const taken = window.htmx.ajax("POST", form.getAttribute("action"), { source: board, target: "#move-body", swap: "none", values: filterNow() });
  taken?.then(() => form.closest("[data-message]").remove(), () => {});
});

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

dialog?.addEventListener("input", () => reasons.set(asked(), reasonField().value ?? ""));

dialog?.addEventListener("keydown", (event) => {
  const enough = event.target.matches("select") || (event.target.matches("textarea") && (event.ctrlKey || event.metaKey));
  if (event.key !== "Enter" || event.isComposing || !enough) return;
  event.preventDefault();
  event.target.form.requestSubmit();
});

const only = board.querySelector("[data-only]");
if (only) board.scrollLeft = only.offsetLeft - (board.clientWidth - only.offsetWidth) / 2;
if (!board.hasAttribute("data-still")) makeSortable();
