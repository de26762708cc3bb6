// Telegram's entities as nodes. Offsets are UTF-16 units, which is how JavaScript counts, too.

import { node } from "./dom.js";

const TAGS = {
  bold: "b", italic: "i", underline: "u", strikethrough: "s", code: "code", pre: "pre",
  blockquote: "blockquote", expandable_blockquote: "blockquote",
};

const BLOCKS = new Set(["PRE", "BLOCKQUOTE"]);

/** The text as a fragment. `actions`: {command(text), link(url)}; `link` returns true when it handled the click. */
export function formatted(text, entities, actions) {
  const sorted = [...entities].sort((a, b) => a.offset - b.offset || b.length - a.length);
  const fragment = document.createDocumentFragment();
  fill(fragment, text, sorted, 0, text.length, actions);
  return fragment;
}

function fill(parent, text, entities, start, end, actions) {
  let at = start;
  for (let index = 0; index < entities.length; index += 1) {
    const entity = entities[index];
    if (entity.offset < at) continue;
    parent.append(text.slice(at, entity.offset));
    const stop = Math.min(entity.offset + entity.length, end);
    const inner = [];
    for (let next = index + 1; next < entities.length && entities[next].offset < stop; next += 1) inner.push(entities[next]);
    const element = wrap(entity, text.slice(entity.offset, stop), actions);
    fill(element, text, inner, entity.offset, stop, actions);
    parent.append(element);
    // A block ends its line by itself; the line break after it would show as an empty line.
    at = BLOCKS.has(element.tagName) && text[stop] === "\n" ? stop + 1 : stop;
  }
  if (at < end) parent.append(text.slice(at, end));
}

function wrap(entity, text, actions) {
  if (entity.type in TAGS) return node(TAGS[entity.type]);
  if (entity.type === "text_link") return link(entity.url, actions);
  if (entity.type === "url") return link(/^[a-z]+:/i.test(text) ? text : `https://${text}`, actions);
  if (entity.type === "mention") return link(`https://t.me/${text.slice(1)}`, actions);
  if (entity.type === "bot_command") {
    return node("button", { type: "button", className: "command", onclick: () => actions.command(text) });
  }
  if (entity.type === "spoiler") {
    const spoiler = node("span", { className: "spoiler", title: "Show" });
    spoiler.onclick = () => spoiler.classList.add("shown");
    return spoiler;
  }
  return node("span");
}

/** A link that opens in a new tab unless it leads into the sandbox; other protocols than http(s) stay text. */
export function link(url, actions, properties = {}) {
  if (!/^(https?|tg):/i.test(url)) return node("span", properties);
  const anchor = node("a", { href: url, target: "_blank", rel: "noopener noreferrer", title: url, ...properties });
  anchor.onclick = (event) => {
    if (actions.link(url)) event.preventDefault();
  };
  return anchor;
}
