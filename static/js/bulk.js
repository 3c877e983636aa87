// Choosing many in a table: one box for the page, Shift for a range, and how many are chosen; the form works without.
const form = document.querySelector("[data-bulk]");
const boxes = form ? [...form.querySelectorAll("input[name=applications]")] : [];
const everybody = form?.querySelector("input[name=everybody]");
const head = form?.querySelector("[data-bulk-page]");
let last = null;

function show() {
  const chosen = boxes.filter((box) => box.checked).length;
  for (const box of boxes) box.disabled = everybody.checked;
  head.disabled = everybody.checked;
  head.checked = chosen === boxes.length;
  head.indeterminate = chosen > 0 && chosen < boxes.length;
  form.querySelector("[data-bulk-count]").textContent = everybody.checked || !chosen ? "" : `${chosen} chosen`;
}

function range(event) {
  const at = boxes.indexOf(event.target);
  if (event.shiftKey && last !== null) {
    const [from, to] = [Math.min(at, last), Math.max(at, last)];
    for (const box of boxes.slice(from, to + 1)) box.checked = event.target.checked;
  }
  last = at;
}

if (boxes.length && everybody && head) {
  head.hidden = false;
  form.addEventListener("click", (event) => boxes.includes(event.target) && range(event));
  form.addEventListener("change", (event) => {
    if (event.target === head) for (const box of boxes) box.checked = head.checked;
    show();
  });
  window.addEventListener("pageshow", show);
  show();
}
