// Two windows wrote in the same field: both texts, and their writer chooses. Nothing takes the focus away from whoever is
// writing; the bar says so and leads here.
import { form, put, texts } from "./draft_fields.js";

const place = document.querySelector("[data-conflict]");
const panel = () => place.firstElementChild;
let saved = new Map();

form.addEventListener("draft:clash", ({ detail }) => {
  saved = detail.clash;
  place.innerHTML = detail.panel;
  for (const row of place.querySelectorAll("[data-field]")) if (!saved.has(row.dataset.field)) row.remove();
  for (const part of place.querySelectorAll("[data-choice]")) part.hidden = false;
  panel().querySelector("[data-keep-choices]").hidden = false;
});

function choose(how) {
  const mine = texts();
  const values = new Map();
  for (const row of place.querySelectorAll("[data-field]")) {
    const name = row.dataset.field;
    const choice = how ?? row.querySelector("input:checked").value;
    if (choice === "saved") values.set(name, saved.get(name));
    if (choice === "both") values.set(name, [[...(mine.get(name) ?? []), ...saved.get(name)].join("\n\n")]);
  }
  put(values);
  place.replaceChildren();
  form.dispatchEvent(new CustomEvent("draft:settled"));
  (form.querySelector("[data-dimension] input:checked") ?? form.querySelector("textarea")).focus();
}

const BUTTONS = { "[data-keep-mine]": "mine", "[data-take-saved]": "saved", "[data-keep-choices]": null };

place.addEventListener("click", (event) => {
  const [, how] = Object.entries(BUTTONS).find(([button]) => event.target.closest(button)) ?? [];
  if (how === undefined) return;
  event.preventDefault();
  choose(how);
});
document.querySelector("[data-compare]").addEventListener("click", () => {
  panel()?.focus();
  panel()?.scrollIntoView({ block: "center" });
});
