// Signing in again without leaving the page: nothing on it is touched. Who has a second factor goes on in another window,
// and this one saves as soon as that is done.
const form = document.querySelector("[data-sign-in]");
const problem = form.querySelector("[data-sign-in-problem]");
const scorecard = document.querySelector("form[data-scorecard]");
let writtenIn = null;
const AS_SCRIPT = { "X-Requested-With": "XMLHttpRequest" };

async function token() {
  const { html } = await (await fetch(form.action, { headers: AS_SCRIPT })).json();
  const page = new DOMParser().parseFromString(html ?? "", "text/html");
  return page.querySelector("[name=csrfmiddlewaretoken]")?.value;
}

async function signIn() {
  const ours = await token();
  if (!ours) return ""; // signed in already, in another window
  const body = new URLSearchParams([...new FormData(form), ["csrfmiddlewaretoken", ours]]);
  const answer = await fetch(form.action, { method: "POST", body, headers: AS_SCRIPT });
  if (answer.status === 429) return "Too many attempts. Wait a minute.";
  const { location: next, form: given } = await answer.json();
  if (!answer.ok) return [...given.errors, ...Object.values(given.fields).flatMap((field) => field.errors)].join(" ");
  return new URL(next, location.href).pathname === form.dataset.secondFactor ? null : "";
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  let words = "The server cannot be reached.";
  try {
    words = await signIn();
  } catch {
    // said below
  }
  form.elements.password.value = "";
  form.querySelector("[data-factor]").hidden = words !== null;
  problem.textContent = words ?? "";
  if (words === null) form.querySelector("[data-factor] a").focus();
  else if (words) form.elements.password.focus();
  else {
    scorecard.dispatchEvent(new CustomEvent("draft:again"));
    writtenIn?.focus();
  }
});
scorecard.addEventListener("focusin", (event) => (writtenIn = event.target));
