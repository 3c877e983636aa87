// The reader's choice of light, dark or system; a cookie, so that the server writes it into the page and nothing flashes.
const root = document.documentElement;
const YEAR = 60 * 60 * 24 * 365;

function show() {
  const now = root.dataset.bsTheme || "system";
  for (const button of document.querySelectorAll("[data-theme-choice]")) {
    button.setAttribute("aria-pressed", String(button.dataset.themeChoice === now));
  }
}

function choose(theme) {
  const age = theme === "system" ? 0 : YEAR;
  document.cookie = `theme=${theme}; path=/; max-age=${age}; samesite=lax${location.protocol === "https:" ? "; secure" : ""}`;
  if (theme === "system") delete root.dataset.bsTheme;
  else root.dataset.bsTheme = theme;
  show();
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-theme-choice]");
  if (button) choose(button.dataset.themeChoice);
});
for (const part of document.querySelectorAll("[data-themes]")) part.hidden = false;
show();
