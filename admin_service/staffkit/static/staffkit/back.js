// After Back the browser fetches the page anew but fills in what was typed: it is still the form that was sent, and
// must carry the key and the values of then.
document.addEventListener("DOMContentLoaded", () => {
  const travelling = [...document.querySelectorAll("input[name=_seen], input[name=_once]")];
  if (!travelling.length) return;
  const kept = history.state && history.state.travelling;
  const [navigation] = performance.getEntriesByType("navigation");
  // Chromium has no such entry now and then: then by the older way, whose 2 is the same.
  const isBack = navigation ? navigation.type === "back_forward" : performance.navigation.type === 2;
  if (kept && isBack) {
    for (const input of travelling) input.value = kept[input.name] || input.value;
  } else {
    const now = Object.fromEntries(travelling.map((input) => [input.name, input.value]));
    history.replaceState({ ...history.state, travelling: now }, "");
  }
});
