// The first page looks for news by itself. Where the answer is another page (one has been logged out), that page is
// opened instead of being put into this one.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { elt, xhr } = event.detail;
  if (!elt.matches("[data-fresh]")) return;
  const led = new URL(xhr.responseURL || location.href).pathname;
  if (led === new URL(elt.getAttribute("hx-get"), location.href).pathname) return;
  event.detail.shouldSwap = false;
  location.reload();
});
// Nothing is taken from under a press: while a form of it is being sent, the page stays as it is.
document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.detail.elt.querySelector("form[data-sent]")) event.preventDefault();
});
