// Ticking people of the comparison: two to four may stand side by side. The server says the same without this.
const FEWEST = 2;
const MOST = 4;
const form = document.getElementById("side-by-side");

function count() {
  const boxes = [...document.querySelectorAll('input[form="side-by-side"]')];
  const chosen = boxes.filter((box) => box.checked).length;
  for (const box of boxes) box.disabled = !box.checked && chosen >= MOST;
  form.querySelector("button").disabled = chosen < FEWEST;
  form.querySelector("[data-chosen]").textContent = chosen ? `${chosen} of at most ${MOST} chosen` : "Tick two to four people";
}

if (form) {
  document.addEventListener("change", (event) => event.target.matches?.('input[form="side-by-side"]') && count());
  document.addEventListener("htmx:afterSettle", count);
  count();
}
