// What pages do without a press, and what a press does once. Nothing of it may stand in the pages themselves (CSP).
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("[data-once]")) return;
  if (form.dataset.sent) { event.preventDefault(); return; }
  form.dataset.sent = "1";
  setTimeout(() => { delete form.dataset.sent; }, 5000);
});
// A choice that is all a form asks for need not be confirmed; the form's button is for who has no JavaScript.
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-submits]")) event.target.form.requestSubmit();
});
// A page with a sheet prints just that; what is on it is shown only once, so it has no address of its own.
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) window.print();
});
// A question that has to be answered first is gone to; the browser's own autofocus passes over what is not shown yet.
addEventListener("load", () => {
  const asked = document.querySelector("input[type=checkbox][autofocus]");
  if (!asked) return;
  asked.focus();
  asked.scrollIntoView({ block: "center" });
});
