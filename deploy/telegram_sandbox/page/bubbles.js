// One message as a bubble with its inline keyboard.

import { avatar, clock, node } from "./dom.js";
import { formatted, link } from "./format.js";

/**
 * context: {me, isGroup, senderName(id), isSpinning(message, button), actions: {command, link, press(message, button)}}
 */
export function bubble(message, context) {
  const mine = message.from === context.me;
  const row = node("article", {
    className: `row ${mine ? "mine" : "theirs"}`,
    dataset: { messageId: message.message_id },
  });
  const body = node("div", { className: "bubble" });
  if (context.isGroup && !mine) {
    row.append(avatar(message.from === "bot" ? 0 : message.from, context.senderName(message.from)));
    body.append(node("p", { className: "sender", textContent: context.senderName(message.from) }));
  }
  if (message.document) body.append(documentLine(message.document));
  body.append(node("div", { className: "text" }, formatted(message.text, message.entities, context.actions)));
  const stamp = `${message.edits ? "edited " : ""}${clock(message.date)}`;
  body.append(node("time", { className: "stamp", textContent: stamp }));
  const column = node("div", { className: "column" }, body);
  if (message.buttons.length) column.append(keyboard(message, context));
  row.append(column);
  return row;
}

function documentLine(file) {
  const size = file.file_size < 1024 ? `${file.file_size} B` : `${Math.round(file.file_size / 1024)} KB`;
  return node(
    "a",
    { className: "file", href: `/sandbox/files/${encodeURIComponent(file.file_id)}`, download: file.file_name },
    node("span", { className: "file-icon", textContent: "⤓" }),
    node("span", {}, node("b", { textContent: file.file_name }), node("small", { textContent: size })),
  );
}

function keyboard(message, context) {
  const grid = node("div", { className: "keyboard" });
  for (const buttons of message.buttons) {
    const row = node("div", { className: "keyboard-row" });
    for (const button of buttons) row.append(button.url ? urlKey(button, context) : dataKey(message, button, context));
    grid.append(row);
  }
  return grid;
}

function urlKey(button, context) {
  const key = link(button.url, context.actions, { className: "key" });
  key.append(button.text, node("span", { className: "corner", textContent: "↗" }));
  return key;
}

function dataKey(message, button, context) {
  const spinning = context.isSpinning(message, button);
  const key = node("button", { type: "button", className: `key${spinning ? " spinning" : ""}`, textContent: button.text });
  key.setAttribute("aria-busy", String(spinning));
  key.onclick = () => context.actions.press(message, button);
  return key;
}
