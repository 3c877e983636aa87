// Of a sealed scorecard this browser keeps nothing, the private note least of all: whatever a window had not saved goes when
// it is sealed, and when it is read afterwards.
import { clear } from "./draft_store.js";

const place = document.querySelector("[data-sealed]");
const act = () => clear(place.dataset.writer, place.dataset.sealed);

if (place?.matches("form")) place.addEventListener("submit", act);
else if (place) act();
