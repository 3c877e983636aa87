// An open board shows what others move, within seconds: asks what changed, puts cards in their place, says so politely.
// Never while somebody drags or a dialog is open, nor in a hidden tab; focus stays on whatever it was on.
const EVERY = 4000;
const board = document.querySelector("[data-live]");
const said = document.querySelector("[data-live-words]");
const filter = new URLSearchParams(location.search);
let asking = false;
let ended = false;

function busy() {
  return document.hidden || document.querySelector("dialog[open], .sortable-chosen, .tile.moving") !== null;
}

function nameOf(card) {
  return card.querySelector(".tile-name").textContent;
}

function columnOf(card) {
  return document.getElementById(`cards-${card.dataset.seen}`);
}

function place(fresh) {
  const old = document.getElementById(fresh.id);
  const column = columnOf(fresh);
  if (!column || old?.dataset.seen === fresh.dataset.seen) return "";
  const focused = old?.contains(document.activeElement) ? document.activeElement.className : "";
  fresh.classList.add("tile-new");
  column.prepend(fresh);
  old?.remove();
  if (focused) fresh.getElementsByClassName(focused)[0]?.focus({ preventScroll: true });
  return `${nameOf(fresh)}: ${document.getElementById(`stage-${fresh.dataset.seen}`).textContent}`;
}

function apply(text) {
  const answer = new DOMParser().parseFromString(text, "text/html").querySelector("[data-since]");
  board.dataset.since = answer.dataset.since;
  const words = [...answer.querySelectorAll("[data-card]")].map((card) => place(document.adoptNode(card))).filter(Boolean);
  for (const gone of answer.querySelectorAll("[data-gone]")) document.getElementById(`card-${gone.dataset.gone}`)?.remove();
  for (const count of answer.querySelectorAll("[data-count]")) document.getElementById(`count-${count.dataset.count}`).textContent = count.textContent;
  if ("many" in answer.dataset) words.push("Many cards were moved. Reload the page to see them all.");
  if (words.length) said.textContent = words.join(". ");
}

async function ask() {
  if (ended || asking || busy()) return;
  asking = true;
  filter.set("since", board.dataset.since);
  try {
    const answer = await fetch(`${board.dataset.live}?${filter}`, { redirect: "manual" });
    ended = answer.type === "opaqueredirect" || answer.status === 404; // signed out, or the role is closed to this reader
    if (answer.status === 200) {
      const text = await answer.text();
      if (!busy()) apply(text);
    }
  } catch {
    // the server cannot be reached: the next question tries again
  }
  asking = false;
}

setInterval(ask, EVERY);
document.addEventListener("visibilitychange", ask);
