// On a phone a list's row is a card: what holds nothing, and that it is active as usual, is left out,
// and what says nothing without its column's name has it.
document.addEventListener("DOMContentLoaded", () => {
  const moment = /^\p{L}{2,3} \d\d\.\d\d\.\d{4}, \d\d:\d\d$/u;
  for (const box of document.querySelectorAll("#result_list .rounded-default.uppercase")) {
    if (box.textContent.trim().length <= 14) box.classList.add("one-line");
  }
  for (const cell of document.querySelectorAll("#result_list tbody :is(th, td)")) {
    const text = cell.textContent.trim();
    if (moment.test(text)) cell.classList.add("one-line");
    if (!cell.matches("td[data-label]")) continue;
    const icon = cell.querySelector(".material-symbols-outlined");
    if (/^[-–—]?$/.test(text) && !cell.querySelector("input, img")) cell.classList.add("card-empty");
    else if (cell.matches(".field-is_active") && icon && icon.textContent.trim().startsWith("check")) cell.classList.add("card-empty");
    else if (/^\d+\/\d+$/.test(text)) continue;
    else if (icon || moment.test(text) || /^([\d\s.,/:+-]+|\p{L}{1,3})$/u.test(text)) cell.classList.add("card-named");
  }
});
