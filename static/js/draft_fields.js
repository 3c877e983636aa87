// What stands in a scorecard's form, as a map from a field's name to its values; empty fields are left out. Pieces of evidence
// are numbered as the server numbers them: from nought within their dimension, empty ones passed over.
export const form = document.querySelector("form[data-scorecard]");

const NOT_WRITTEN = new Set(["csrfmiddlewaretoken", "revision"]);
const isSet = (name) => name.startsWith("signals-");
const inOrder = (values = []) => values.map((value) => value.replaceAll("\r\n", "\n").trim()).sort();
export const same = (one, other) => JSON.stringify(inOrder(one)) === JSON.stringify(inOrder(other));
export const isEmpty = (block) => [...block.querySelectorAll("[name]")].every((field) => field.value.trim() === "");

function numbered({ emptyToo = false } = {}) {
  const names = new Map();
  for (const dimension of form.querySelectorAll("[data-dimension]")) {
    const blocks = [...dimension.querySelectorAll("[data-evidence]")];
    const told = blocks.filter((block) => !isEmpty(block));
    const rest = emptyToo ? blocks.filter(isEmpty) : [];
    [...told, ...rest].forEach((block, number) => {
      for (const field of block.querySelectorAll("[name]")) names.set(field.name, field.name.replace(/-\d+-(?=\D+$)/, `-${number}-`));
    });
  }
  return names;
}

export function texts() {
  const names = numbered();
  const all = new Map();
  for (const [given, value] of new FormData(form)) {
    if (NOT_WRITTEN.has(given) || value.trim() === "") continue;
    const name = names.get(given) ?? given;
    all.set(name, [...(all.get(name) ?? []), value]);
  }
  return all;
}

export function rename(part, names) {
  for (const one of part.querySelectorAll("[name], [id], [for], [aria-describedby]")) {
    for (const attribute of ["name", "id", "for", "aria-describedby"]) {
      const value = one.getAttribute(attribute);
      const name = value?.replace(/-help$/, "");
      if (names.has(name)) one.setAttribute(attribute, value.replace(name, names.get(name)));
    }
  }
}

function set(name, values) {
  form.dispatchEvent(new CustomEvent("draft:need", { detail: name }));
  for (const field of form.querySelectorAll(`[name="${CSS.escape(name)}"]`)) {
    if (field.type === "radio" || field.type === "checkbox") field.checked = values.includes(field.value);
    else if (field.value !== (values[0] ?? "")) field.value = values[0] ?? "";
  }
}

// Puts these values into their fields; a field that does not exist yet is made first.
export function put(values) {
  rename(form, numbered({ emptyToo: true }));
  for (const [name, given] of values) set(name, given);
  form.dispatchEvent(new CustomEvent("draft:filled"));
}

export function fill(values) {
  put([...texts()].map(([name]) => [name, values.get(name) ?? []]));
  put(values);
}

// Of two windows' texts: what only the other one changed (`take`), and what both did (`clash`). `known` are the states of
// the server that this window's text grew from: the last it saw, and what it sent without hearing back.
export function compare(mine, theirs, known) {
  const take = new Map();
  const clash = new Map();
  for (const name of new Set([...mine.keys(), ...theirs.keys()])) {
    const [own, other] = [mine.get(name) ?? [], theirs.get(name) ?? []];
    if (same(own, other) || known.some((state) => same(state.get(name), other))) continue;
    if (isSet(name)) take.set(name, bothTicked(own, other, known[0].get(name) ?? []));
    else (same(own, known[0].get(name)) ? take : clash).set(name, other);
  }
  return { take, clash };
}

function bothTicked(own, other, before) {
  return [...new Set([...own, ...other])].filter((one) => !before.includes(one) || (own.includes(one) && other.includes(one)));
}
