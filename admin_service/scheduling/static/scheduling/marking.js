// A digit marks the person who has the focus and stays with them; arrows down and up go to the next and the one before.
// Tab, arrows to the sides and Enter are the browser's.
const rows = () => [...document.querySelectorAll(".marking-row")];
const focusOn = (row) => row && row.querySelector("input:checked").focus();
const STEPS = { ArrowDown: 1, ArrowUp: -1 };
document.addEventListener("keydown", (event) => {
  const row = event.target.closest(".marking-row");
  if (!row || event.ctrlKey || event.metaKey || event.altKey) return;
  const choice = /^[0-9]$/.test(event.key) && row.querySelectorAll("input[type=radio]")[Number(event.key)];
  if (!choice && !STEPS[event.key]) return;
  event.preventDefault();
  if (choice) choice.checked = true;
  focusOn(choice ? row : rows()[rows().indexOf(row) + STEPS[event.key]]);
});
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-fill]");
  if (!button) return;
  for (const open of button.closest("section").querySelectorAll("input[value='']:checked")) {
    open.closest("fieldset").querySelector(`input[value=${button.dataset.fill}]`).checked = true;
  }
});
// Only then: before, the page is not shown yet, and what is not shown takes no focus.
addEventListener("load", () => {
  const open = document.querySelector(".marking-row:has(input[value='']:checked)");
  focusOn(document.querySelector(".marking-not-done") || open || rows()[0]);
});
