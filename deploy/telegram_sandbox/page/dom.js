// Building nodes. Nothing here, or anywhere on the page, takes HTML from a string.

const COLOURS = ["#e17076", "#7bc862", "#e5ca77", "#65aadd", "#a695e7", "#ee7aae", "#6ec9cb", "#faa774"];

export const byId = (id) => document.getElementById(id);

export function node(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  const { dataset, ...rest } = properties;
  Object.assign(element, rest);
  Object.assign(element.dataset, dataset ?? {});
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

export function avatar(id, name) {
  const initials = [...name.matchAll(/[\p{L}\p{N}]+/gu)].slice(0, 2).map(([word]) => [...word][0]).join("");
  const circle = node("span", { className: "avatar", textContent: initials.toUpperCase() || "?" });
  circle.setAttribute("aria-hidden", "true");
  circle.style.setProperty("--colour", COLOURS[Math.abs(id) % COLOURS.length]);
  return circle;
}

export const clock = (seconds) =>
  new Date(seconds * 1000).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });

export const day = (seconds) =>
  new Date(seconds * 1000).toLocaleDateString([], { weekday: "long", day: "numeric", month: "long" });
