// On a phone a list's row is a card: what holds nothing is left out, and what says nothing without its column's name has it.
document.addEventListener("DOMContentLoaded", () => {
  for (const cell of document.querySelectorAll("#result_list td[data-label]")) {
    const icon = cell.querySelector(".material-symbols-outlined");
    const text = cell.textContent.trim();
    if (/^[-–—]?$/.test(text) && !cell.querySelector("input, img")) cell.classList.add("card-empty");
    else if (icon || /^[\d\s.,/:+-]+$/.test(text)) cell.classList.add("card-named");
  }
});
