// Ctrl-K on every keyboard: Unfold's knows the Latin letter only, and not while one types into a field.
document.addEventListener("keydown", (event) => {
  if (event.code !== "KeyK" || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey) return;
  const input = document.getElementById("search-input-command");
  if (!input) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (!input.checkVisibility()) window.dispatchEvent(new CustomEvent("opencommand"));
}, true);
// Enter opens the first that is found: Unfold's has none chosen until an arrow is pressed.
document.addEventListener("htmx:after-swap", (event) => {
  if (event.target.id !== "command-results") return;
  const found = Alpine.$data(event.target);
  if (found.totalItems) found.currentIndex = 1;
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.target.id !== "search-input-command") return;
  if (!document.querySelector("#command-results-list li")) event.stopImmediatePropagation();
}, true);
// What it is called for those who don't see it.
document.addEventListener("DOMContentLoaded", () => {
  const input = document.getElementById("search-input-command"), opener = document.querySelector("button.find span + span");
  if (input && opener) input.setAttribute("aria-label", opener.textContent.trim());
});
// What is pasted or spoken is looked for, too: Unfold's waits for a key.
document.addEventListener("input", (event) => {
  if (event.target.id === "search-input-command") event.target.dispatchEvent(new Event("keyup"));
});
