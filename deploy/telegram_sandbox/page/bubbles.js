// One message as a bubble with its inline keyboard.

import { avatar, clock, node } from "./dom.js";
import { formatted, link } from "./format.js";

/**
 * context: {me, isGroup, senderName(id), isSpinning(message, button), actions: {command, link, copy(text), press(message, button)}}
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
  const previewed = previewedLink(message);
  if (previewed) body.append(node("p", { className: "preview", textContent: new URL(previewed).hostname }));
  const stamp = `${message.edits ? "edited " : ""}${clock(message.date)}`;
  body.append(node("time", { className: "stamp", textContent: stamp }));
  const column = node("div", { className: "column" }, body);
  if (message.buttons.length) column.append(keyboard(message, context));
  row.append(column);
  return row;
}

/** The link that Telegram shows a preview of, null where there is none or the bot wants none. */
function previewedLink(message) {
  if (message.from !== "bot" || message.document || message.link_preview_options?.is_disabled) return null;
  const entity = message.entities.find(({ type }) => type === "url" || type === "text_link");
  const url = message.link_preview_options?.url || entity?.url || (entity && message.text.substr(entity.offset, entity.length));
  const whole = url && (/^[a-z]+:/i.test(url) ? url : `https://${url}`);
  return whole && /^https?:/i.test(whole) && URL.canParse(whole) ? whole : null;
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
    for (const button of buttons) row.append(keyOf(message, button, context));
    grid.append(row);
  }
  return grid;
}

function keyOf(message, button, context) {
  let key;
  if (button.url) key = urlKey(button, context);
  else if (button.copy_text) key = copyKey(button, context);
  else key = dataKey(message, button, context);
  if (button.style) key.classList.add(button.style);
  return key;
}

function copyKey(button, context) {
  const key = node("button", { type: "button", className: "key", title: button.copy_text.text, textContent: button.text });
  key.append(node("span", { className: "corner", textContent: "⧉" }));
  key.onclick = () => context.actions.copy(button.copy_text.text);
  return key;
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
