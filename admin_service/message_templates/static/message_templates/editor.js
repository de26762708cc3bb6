// The text's variables are put in by a press; the preview follows what is typed.
const area = document.getElementById("id_text");
const pane = document.getElementById("wording-preview");
const city = document.getElementById("wording-city");
const WAIT_MS = 300;
let waiting, asked = 0;

async function show() {
  const turn = ++asked;
  const body = new URLSearchParams({ text: area.value });
  if (city) body.set("city", city.value);
  const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
  const response = await fetch(pane.dataset.url, { method: "POST", body, headers: { "X-CSRFToken": token } });
  // An answer that was overtaken by a newer one is dropped.
  if (response.ok && turn === asked) pane.querySelector(".wording-chat").innerHTML = await response.text();
}

if (area) {
  area.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(show, WAIT_MS); });
  for (const button of document.querySelectorAll("[data-variable]")) {
    button.addEventListener("click", () => {
      area.setRangeText(button.dataset.variable, area.selectionStart, area.selectionEnd, "end");
      area.focus();
      area.dispatchEvent(new Event("input", { bubbles: true }));
    });
  }
  city?.addEventListener("change", show);
  show(); // what was refused is still in the form, not what is saved
}
