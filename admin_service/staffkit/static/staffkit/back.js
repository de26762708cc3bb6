// After Back the browser fetches the page anew but fills in what was typed: it is still the form that was sent, and
// must carry the key and the values of then.
document.addEventListener("DOMContentLoaded", () => {
  const travelling = [...document.querySelectorAll("input[name=_seen], input[name=_once]")];
  if (!travelling.length) return;
  const kept = history.state && history.state.travelling;
  const [navigation] = performance.getEntriesByType("navigation");
  if (kept && navigation && navigation.type === "back_forward") {
    for (const input of travelling) input.value = kept[input.name] || input.value;
  } else {
    const now = Object.fromEntries(travelling.map((input) => [input.name, input.value]));
    history.replaceState({ ...history.state, travelling: now }, "");
  }
});
