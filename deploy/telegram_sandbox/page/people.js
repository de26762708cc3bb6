// Choosing or making up the person one plays.

import { get, post } from "./api.js";
import { avatar, byId, node } from "./dom.js";

const REMEMBERED = "sandbox-person";
export const people = new Map();

export const fullName = (person) => [person.first_name, person.last_name].filter(Boolean).join(" ");

export async function loadPeople() {
  people.clear();
  for (const person of await get("people")) people.set(person.user_id, person);
}

export function rememberedPerson() {
  return people.get(Number(localStorage.getItem(REMEMBERED)));
}

export function remember(person) {
  localStorage.setItem(REMEMBERED, person.user_id);
}

/** Shows the dialog; `onChosen(person)` when somebody was picked. Without `mustChoose` it can be closed. */
export function choosePerson(onChosen, mustChoose) {
  const dialog = byId("people-dialog");
  const done = (person) => {
    dialog.close();
    onChosen(person);
  };
  byId("people").replaceChildren(...[...people.values()].map((person) => personRow(person, done)));
  byId("people-close").hidden = mustChoose;
  byId("people-close").onclick = () => dialog.close();
  dialog.oncancel = (event) => mustChoose && event.preventDefault();
  const form = byId("person-form");
  form.reset();
  form.elements.user_id.value = Math.max(1000, ...[...people.keys()].filter((id) => id < 1e6)) + 1;
  form.onsubmit = (event) => makeUp(event, form, done);
  byId("person-error").textContent = "";
  if (!dialog.open) dialog.showModal();
}

function personRow(person, done) {
  const state = person.blocked ? "blocked the bot" : person.started ? "has started the bot" : "new here";
  const details = [person.username && `@${person.username}`, person.user_id, person.language_code, state];
  return node(
    "button",
    { type: "button", className: "person", onclick: () => done(person) },
    avatar(person.user_id, fullName(person)),
    node("span", {}, node("b", { textContent: fullName(person) }),
      node("small", { textContent: details.filter(Boolean).join(" · ") })),
  );
}

async function makeUp(event, form, done) {
  event.preventDefault();
  const fields = Object.fromEntries([...new FormData(form)].filter(([, value]) => value !== ""));
  fields.user_id = Number(fields.user_id);
  if (fields.username) fields.username = fields.username.replace(/^@/, "");
  try {
    const person = await post("people", fields);
    people.set(person.user_id, person);
    done(person);
  } catch (error) {
    byId("person-error").textContent = error.message;
  }
}
