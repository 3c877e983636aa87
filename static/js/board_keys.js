// The board's keys: arrows, or J and K, go from card to card; O opens, M asks where to, Shift and an arrow move to the column
// beside. Letters can be switched off by their reader; nothing acts while somebody types.
import { ask, put } from "./board.js";

const board = document.querySelector("[data-board]");
const columns = [...board.querySelectorAll(".column-cards")];
const LETTERS = { j: "ArrowDown", k: "ArrowUp" };
const ASIDE = { ArrowLeft: -1, ArrowRight: 1 };

function cardsOf(column) {
  return [...column.querySelectorAll("[data-card]")];
}

function go(card) {
  card?.querySelector(".tile-name").focus({ preventScroll: true });
  card?.scrollIntoView({ block: "nearest", inline: "nearest" });
}

function along(card, by) {
  const cards = cardsOf(card.parentNode);
  go(cards[cards.indexOf(card) + by]);
}

// As far down in the next column that way in which somebody is.
function aside(card, by) {
  const row = cardsOf(card.parentNode).indexOf(card);
  for (let at = columns.indexOf(card.parentNode) + by; columns[at]; at += by) {
    const cards = cardsOf(columns[at]);
    if (cards.length) return go(cards[Math.min(row, cards.length - 1)]);
  }
}

function move(card, act) {
  if (!board.hasAttribute("data-still") && !card.matches(".tile-fixed")) act();
}

const ACTS = {
  ArrowDown: (card) => along(card, 1),
  ArrowUp: (card) => along(card, -1),
  ArrowLeft: (card) => aside(card, -1),
  ArrowRight: (card) => aside(card, 1),
  Home: (card) => go(cardsOf(card.parentNode)[0]),
  End: (card) => go(cardsOf(card.parentNode).at(-1)),
  o: (card) => card.querySelector(".tile-name").click(),
  m: (card) => move(card, () => ask(card)),
};

function pressed(event) {
  const letter = event.key.length === 1;
  if (letter && document.body.dataset.singleKeys === "off") return "";
  const key = letter ? event.key.toLowerCase() : event.key;
  return LETTERS[key] ?? key;
}

function first() {
  return board.querySelector("[data-card]");
}

function shift(event, card) {
  const column = columns[columns.indexOf(card.parentNode) + ASIDE[event.key]];
  if (column) move(card, () => put(card, column));
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  if (event.target.matches("input, textarea, select")) return;
  const card = document.activeElement?.closest?.("[data-card]");
  const key = pressed(event);
  if (card && event.shiftKey && key in ASIDE) shift(event, card);
  else if (card && !event.shiftKey && ACTS[key]) ACTS[key](card);
  else if (!card && LETTERS[event.key] === key) go(first());
  else return;
  event.preventDefault();
});
