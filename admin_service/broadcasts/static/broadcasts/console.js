// The message and the numbers beside the form follow what is typed and chosen; a test is sent without leaving the page.
const form = document.getElementById("broadcast-form");
const WAIT_MS = 300;
let waiting, asked = 0;

async function send(extra) {
  const body = new URLSearchParams(new FormData(form));
  body.set(extra, "1");
  const response = await fetch(location.href, { method: "POST", body });
  // Another page (one has been logged out) is opened instead of being put into this one.
  if (new URL(response.url).pathname !== location.pathname) { location.reload(); return null; }
  return response.ok ? response.text() : null;
}

async function look() {
  const turn = ++asked;
  const seen = await send("_look");
  // An answer that was overtaken by a newer one is dropped.
  if (seen !== null && turn === asked) document.getElementById("console-look").innerHTML = seen;
}

function fit() {
  const chosen = (name) => form.querySelector(`[name=${name}]:checked`)?.value;
  document.getElementById("console-audience").hidden = !chosen("audience");
  document.getElementById("console-moment").hidden = chosen("when") !== "later";
}

let field = document.getElementById("id_text");
form.addEventListener("input", () => { fit(); clearTimeout(waiting); waiting = setTimeout(look, WAIT_MS); });
form.addEventListener("focusin", (event) => { if (event.target.matches("textarea")) field = event.target; });
form.addEventListener("click", async (event) => {
  const variable = event.target.closest("[data-variable]");
  const morning = event.target.closest("[data-day]");
  const test = event.target.closest("#send-test");
  if (variable) {
    field.setRangeText(variable.dataset.variable, field.selectionStart, field.selectionEnd, "end");
    field.focus();
  } else if (morning) {
    form.querySelector("[name=when][value=later]").checked = true;
    form.querySelector("[name=send_at_0]").value = morning.dataset.day;
    form.querySelector("[name=send_at_1]").value = morning.dataset.time;
  } else if (test) {
    event.preventDefault();
    test.disabled = true;
    const said = await send("_test").finally(() => { test.disabled = false; });
    if (said !== null) document.getElementById("console-tested").innerHTML = said;
    return;
  } else return;
  form.dispatchEvent(new Event("input"));
});
fit();
