// Chooses the reader's own time zone where nobody has chosen one yet.
const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
for (const select of document.querySelectorAll("[data-time-zone]")) {
  if (select.value === "UTC" && [...select.options].some((option) => option.value === here)) select.value = here;
}
