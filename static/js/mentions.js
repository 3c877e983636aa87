// Names after an @ while one writes a note: arrows choose, Enter takes the chosen one, Esc closes the list.
const TYPED = /(?:^|[^\p{L}\p{N}_.+@-])@((?:[\p{L}\p{N}.'’-]+(?: [\p{L}\p{N}.'’-]*)?)?)$/u;
const PAUSE = 150;

const form = document.querySelector("[data-mentions]");
const field = form?.querySelector("textarea");
const list = form?.querySelector("[role=listbox]");
const count = form?.querySelector("[data-mentions-count]");
let waiting, asking;

function options() {
  return [...list.children];
}

function choose(option) {
  for (const each of options()) each.setAttribute("aria-selected", String(each === option));
  if (option) field.setAttribute("aria-activedescendant", option.id);
  else field.removeAttribute("aria-activedescendant");
  option?.scrollIntoView({ block: "nearest" });
}

function show(open) {
  list.hidden = !open;
  choose(open ? list.firstElementChild : null);
  count.textContent = open ? `${options().length} found. Arrow keys choose, Enter takes one.` : "";
}

function typed() {
  return TYPED.exec(field.value.slice(0, field.selectionStart))?.[1] ?? null;
}

async function ask() {
  const begins = typed();
  asking?.abort();
  if (begins === null) return show(false);
  asking = new AbortController();
  const about = form.elements.application?.value ?? "";
  try {
    const answer = await fetch(`${form.dataset.mentions}?${new URLSearchParams({ begins, about })}`, { signal: asking.signal });
    if (!answer.ok || answer.redirected) return show(false);
    list.innerHTML = await answer.text();
    show(list.childElementCount > 0 && document.activeElement === field);
  } catch (error) {
    if (error.name !== "AbortError") show(false);
  }
}

function take(option) {
  const end = field.selectionStart;
  field.setRangeText(`${option.dataset.name} `, end - typed().length, end, "end");
  show(false);
  field.focus();
}

function press(event) {
  if (list.hidden) return;
  const all = options();
  const now = all.findIndex((each) => each.getAttribute("aria-selected") === "true");
  if (event.key === "Escape") show(false);
  else if (event.key === "ArrowDown") choose(all[(now + 1) % all.length]);
  else if (event.key === "ArrowUp") choose(all.at(now - 1));
  else if (event.key === "Enter" && now >= 0) take(all[now]);
  else return;
  event.preventDefault();
  event.stopPropagation();
}

if (field && list) {
  field.after(list);
  field.setAttribute("aria-autocomplete", "list");
  field.setAttribute("aria-controls", list.id);
  field.addEventListener("keydown", press);
  field.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(ask, PAUSE);
  });
  field.addEventListener("blur", () => show(false));
  list.addEventListener("pointerdown", (event) => {
    event.preventDefault(); // the field keeps the focus
    const option = event.target.closest("[role=option]");
    if (option) take(option);
  });
}
