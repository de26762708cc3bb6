// The line one writes in, and the list of the bot's commands above it.

import { byId, node } from "./dom.js";

const MAX_HEIGHT = 160;

/** `say(text)` sends; `commands()` gives the bot's commands. */
export function composer({ say, commands }) {
  const input = byId("input");
  const list = byId("commands");

  function grow() {
    input.style.height = "auto";
    input.style.height = `${Math.min(input.scrollHeight, MAX_HEIGHT)}px`;
  }

  function send() {
    const text = input.value.trim();
    if (!text) return;
    input.value = "";
    list.hidden = true;
    grow();
    say(text);
  }

  function suggest(beginning) {
    const fitting = commands().filter(({ command }) => `/${command}`.startsWith(beginning));
    list.replaceChildren(...fitting.map(suggestion));
    list.hidden = fitting.length === 0;
  }

  function suggestion({ command, description }) {
    const choose = () => {
      list.hidden = true;
      input.value = "";
      say(`/${command}`);
    };
    return node("button", { type: "button", onclick: choose },
      node("b", { textContent: `/${command}` }), node("span", { textContent: description }));
  }

  byId("composer").onsubmit = (event) => {
    event.preventDefault();
    send();
  };
  input.onkeydown = (event) => {
    if (event.key === "Escape") list.hidden = true;
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    send();
  };
  input.oninput = () => {
    grow();
    if (/^\/\w*$/.test(input.value)) suggest(input.value);
    else list.hidden = true;
  };
  byId("commands-toggle").onclick = () => (list.hidden ? suggest("/") : (list.hidden = true));
}
