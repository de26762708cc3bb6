// What pages do without a press, and what a press does once. Nothing of it may stand in the pages themselves (CSP).
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("[data-once]")) return;
  if (form.dataset.sent) { event.preventDefault(); return; }
  form.dataset.sent = "1";
  setTimeout(() => { delete form.dataset.sent; }, 5000);
});
// A page that waits for news looks again by itself.
document.addEventListener("DOMContentLoaded", () => {
  const waiting = document.querySelector("[data-reload]");
  if (waiting) setTimeout(() => location.reload(), Number(waiting.dataset.reload));
});
