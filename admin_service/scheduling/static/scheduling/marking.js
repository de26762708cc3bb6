// A digit marks the person whose outcome has the focus and goes on to the next who is not marked yet; Tab, arrows and
// Enter are the browser's.
const rows = () => [...document.querySelectorAll(".marking-row")];
const choose = (row, number) => {
  const choice = row.querySelectorAll("input[type=radio]")[number];
  if (choice) choice.checked = true;
  return Boolean(choice);
};
const focusOn = (row) => row && row.querySelector("input:checked").focus();
document.addEventListener("keydown", (event) => {
  const row = event.target.closest(".marking-row");
  if (!row || event.ctrlKey || event.metaKey || event.altKey || !/^[0-9]$/.test(event.key)) return;
  if (!choose(row, Number(event.key))) return;
  event.preventDefault();
  const next = rows().slice(rows().indexOf(row) + 1);
  focusOn(next.find((one) => one.querySelector("input[value='']:checked")) || row);
});
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-fill]");
  if (!button) return;
  for (const open of button.closest("section").querySelectorAll("input[value='']:checked")) {
    open.closest("fieldset").querySelector(`input[value=${button.dataset.fill}]`).checked = true;
  }
});
document.addEventListener("DOMContentLoaded", () => {
  focusOn(document.querySelector(".marking-not-done") || document.querySelector(".marking-row:has(input[value='']:checked)"));
});
