// The button says what pressing it does. What others would read of a choice is seen before it is done: until then it
// only shows that.
(() => {
  const form = document.querySelector("form:has([name=_foreseen])");
  const says = JSON.parse(document.getElementById("impact-says").textContent);
  const button = form.querySelector(".desk-buttons button[type=submit]");
  const inputs = () => [...form.elements].filter((one) => /^(choice|for_|to_|words_|at_)/.test(one.name));
  form.querySelector(".desk-buttons [name=_preview]")?.remove();

  function isAsShown(one) {
    if (one.type === "radio") return one.checked === one.defaultChecked;
    if (one.tagName === "SELECT") return one.value === ([...one.options].find((option) => option.defaultSelected)?.value ?? "");
    return one.value === one.defaultValue;
  }

  function comesByItself(one) {
    if (one.name === "choice" || one.name.startsWith("to_")) return true;
    return one.type === "radio" ? !one.checked || one.value === says.first : !one.value;
  }

  function tell() {
    const isSeen = (says.shown && inputs().every(isAsShown)) || (says.plain && inputs().every(comesByItself));
    const way = form.elements.choice?.value ?? Object.keys(says.texts)[0];
    button.textContent = isSeen ? says.texts[way] ?? says.other : says.look;
    button.name = isSeen ? "" : "_preview";
    button.value = isSeen ? "" : "1";
  }

  form.addEventListener("input", tell);
  form.addEventListener("change", tell);
  addEventListener("pageshow", tell);
  tell();
})();
