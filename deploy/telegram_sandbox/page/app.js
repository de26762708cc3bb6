// The page: state, live events, and what is drawn from them.

import { get, listen, post } from "./api.js";
import { bubble } from "./bubbles.js";
import { composer } from "./composer.js";
import { avatar, byId, clock, day, node } from "./dom.js";
import { choosePerson, fullName, loadPeople, people, remember, rememberedPerson } from "./people.js";

const SPINNER_MILLISECONDS = 15000;
const SHOWN_MESSAGES = 200;
const NEAR_END_PIXELS = 160;
const state = { me: null, bot: null, open: null, transcripts: new Map(), unread: new Map(), spinning: new Map() };
const group = () => state.bot.group_chat_id;
const priv = () => state.me.user_id;
const me = () => people.get(state.me.user_id) ?? state.me;

// ── Loading ──────────────────────────────────────────────────────────────────────────────────────────────

async function loadEverything() {
  await loadPeople();
  const known = rememberedPerson();
  state.bot = await get(known ? `bot?user_id=${known.user_id}` : "bot");
  if (known) await become(known);
  else choosePerson(become, true);
}

async function become(person) {
  const changed = state.me?.user_id !== person.user_id;
  state.me = person;
  remember(person);
  state.bot = await get(`bot?user_id=${person.user_id}`);
  for (const chat of [group(), priv()]) {
    const messages = await get(`chats/${chat}/messages`);
    state.transcripts.set(chat, new Map(messages.map((message) => [message.message_id, message])));
  }
  if (changed) {
    state.unread.clear();
    state.open = priv();
    byId("app").classList.remove("in-talk");
  }
  draw();
}

// ── Drawing ──────────────────────────────────────────────────────────────────────────────────────────────

function draw() {
  if (!state.me) return;
  drawMe();
  drawChats();
  drawTalk();
}

function drawMe() {
  const name = fullName(me());
  const detail = [me().username && `@${me().username}`, me().user_id].filter(Boolean).join(" · ");
  byId("me").replaceChildren(
    avatar(me().user_id, name),
    node("span", { className: "me-name" }, node("b", { textContent: name }), node("small", { textContent: detail })),
    node("span", { className: "change", textContent: "Change" }),
  );
}

const titleOf = (chat) => (chat === group() ? state.bot.group_title : state.bot.first_name);
const avatarOf = (chat) => avatar(chat === group() ? 3 : 0, titleOf(chat));

function drawChats() {
  byId("chats").replaceChildren(...[priv(), group()].map(chatRow));
}

function chatRow(chat) {
  const last = [...(state.transcripts.get(chat)?.values() ?? [])].at(-1);
  const preview = last ? `${last.from === me().user_id ? "You: " : ""}${last.text || last.document?.file_name || ""}` : "No messages yet";
  const unread = state.unread.get(chat);
  const row = node(
    "button",
    { type: "button", className: `chat${chat === state.open ? " open" : ""}`, onclick: () => openChat(chat) },
    avatarOf(chat),
    node("span", { className: "chat-lines" },
      node("span", { className: "chat-top" }, node("b", { textContent: titleOf(chat) }),
        last ? node("time", { textContent: clock(last.date) }) : null),
      node("span", { className: "chat-bottom" }, node("small", { textContent: preview.replace(/\s+/g, " ") }),
        unread ? node("span", { className: "badge", textContent: unread }) : null)),
  );
  return row;
}

function openChat(chat) {
  state.open = chat;
  state.unread.delete(chat);
  byId("toast").hidden = true;
  byId("app").classList.add("in-talk");
  draw();
}

function drawTalk() {
  const inGroup = state.open === group();
  byId("talk-avatar").replaceChildren(avatarOf(state.open));
  byId("talk-name").textContent = titleOf(state.open);
  byId("talk-name").title = inGroup ? "" : state.bot.short_description;
  byId("talk-note").textContent = inGroup ? "group · the bot sees commands only" : `@${state.bot.username} · bot`;
  const block = byId("block");
  block.hidden = inGroup || !me().started;
  block.textContent = me().blocked ? "Unblock" : "Block";
  const action = byId("big-action");
  const mustAct = !inGroup && (!me().started || me().blocked);
  action.hidden = !mustAct;
  action.textContent = me().blocked ? "Unblock" : "Start";
  byId("composer").hidden = mustAct;
  drawMessages();
}

function drawMessages() {
  const list = byId("messages");
  const messages = [...(state.transcripts.get(state.open)?.values() ?? [])].slice(-SHOWN_MESSAGES);
  const rows = [];
  let lastDay = "";
  for (const message of messages) {
    if (day(message.date) !== lastDay) rows.push(node("p", { className: "day", textContent: day(message.date) }));
    lastDay = day(message.date);
    rows.push(bubble(message, context()));
  }
  const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < NEAR_END_PIXELS;
  const sameChat = list.dataset.chat === String(state.open);
  list.dataset.chat = state.open;
  list.replaceChildren(...(rows.length ? rows : [emptyNote()]));
  if (atEnd || !sameChat) list.scrollTop = list.scrollHeight;
}

function emptyNote() {
  const inGroup = state.open === group();
  const text = inGroup ? "Nothing has been announced here yet." : state.bot.description || "Press Start to meet the bot.";
  return node("p", { className: "empty", textContent: text });
}

function context() {
  return {
    me: me().user_id,
    isGroup: state.open === group(),
    senderName: (id) => (id === "bot" ? state.bot.first_name : fullName(people.get(id) ?? { first_name: String(id) })),
    isSpinning: (message, button) => state.spinning.has(keyOf(message.chat_id, message.message_id, button.callback_data)),
    actions: { command: say, link: followLink, copy, press },
  };
}

function drawMessage(message) {
  const old = byId("messages").querySelector(`[data-message-id="${message.message_id}"]`);
  if (old) old.replaceWith(bubble(message, context()));
}

// ── What the person does ─────────────────────────────────────────────────────────────────────────────────

const keyOf = (chat, message, data) => `${chat}/${message}/${data}`;

async function attempt(action) {
  try {
    return await action();
  } catch (error) {
    toast(error.message);
    return null;
  }
}

const say = (text) => attempt(() => post("messages", { user_id: me().user_id, chat_id: state.open, text }));

function press(message, button) {
  const key = keyOf(message.chat_id, message.message_id, button.callback_data);
  if (state.spinning.has(key)) return;
  state.spinning.set(key, setTimeout(() => endSpinner(message.chat_id, message.message_id, button.callback_data), SPINNER_MILLISECONDS));
  drawMessage(message);
  const { chat_id, message_id } = message;
  attempt(() => post("presses", { user_id: me().user_id, chat_id, message_id, data: button.callback_data }));
}

async function copy(text) {
  await navigator.clipboard?.writeText(text);
  toast(`Copied: ${text}`);
}

function endSpinner(chat, messageId, data) {
  const key = keyOf(chat, messageId, data);
  clearTimeout(state.spinning.get(key));
  state.spinning.delete(key);
  const message = state.transcripts.get(chat)?.get(messageId);
  if (message && chat === state.open) drawMessage(message);
}

/** Links to the bot stay on the page: they send /start in the private chat. Returns whether this was one. */
function followLink(url) {
  const { protocol, hostname, pathname, searchParams } = new URL(url);
  const name = protocol === "tg:" ? searchParams.get("domain") : hostname === "t.me" && pathname.replaceAll("/", "");
  if (!name || name.toLowerCase() !== state.bot.username.toLowerCase()) return false;
  attempt(async () => {
    await post("links", { user_id: me().user_id, url });
    openChat(priv());
  });
  return true;
}

function toast(text) {
  const box = byId("toast");
  box.textContent = text;
  box.hidden = false;
  clearTimeout(toast.timer);
  toast.timer = setTimeout(() => (box.hidden = true), 3500);
}

// ── What happens elsewhere ───────────────────────────────────────────────────────────────────────────────

const HANDLERS = {
  message({ chat_id, message }) {
    const transcript = state.transcripts.get(chat_id);
    if (!transcript) return;
    const isNew = !transcript.has(message.message_id);
    transcript.set(message.message_id, message);
    byId("talk-note").classList.remove("typing");
    if (isNew && chat_id !== state.open && message.from !== me().user_id) {
      state.unread.set(chat_id, (state.unread.get(chat_id) ?? 0) + 1);
    }
    drawChats();
    if (chat_id !== state.open) return;
    if (isNew) drawTalk();
    else drawMessage(message);
  },
  deleted({ chat_id, message_id }) {
    if (state.transcripts.get(chat_id)?.delete(message_id)) draw();
  },
  answer({ press: { user_id, chat_id, message_id, data, text, show_alert, url } }) {
    if (user_id !== me().user_id) return;
    endSpinner(chat_id, message_id, data);
    if (url) followLink(url);
    if (!text) return;
    if (!show_alert) return toast(text);
    byId("alert-text").textContent = text;
    if (!byId("alert").open) byId("alert").showModal();
  },
  person({ person }) {
    people.set(person.user_id, person);
    if (person.user_id === state.me.user_id) draw();
  },
  action({ chat_id }) {
    if (chat_id !== state.open) return;
    const note = byId("talk-note");
    note.textContent = "typing…";
    note.classList.add("typing");
    clearTimeout(HANDLERS.typingTimer);
    HANDLERS.typingTimer = setTimeout(drawTalk, 5000);
  },
  press() {},
  bot: () => become(me()),
  reset: () => {
    state.me = null;
    loadEverything();
  },
};

byId("me").onclick = () => choosePerson(become, false);
byId("back").onclick = () => byId("app").classList.remove("in-talk");
byId("block").onclick = () => attempt(() => post("blocks", { user_id: me().user_id, blocked: !me().blocked }));
byId("big-action").onclick = () =>
  me().blocked ? attempt(() => post("blocks", { user_id: me().user_id, blocked: false })) : say("/start");
composer({ say, commands: () => state.bot?.commands ?? [] });

listen(
  (event) => state.me && HANDLERS[event.type]?.(event),
  (connected) => {
    byId("link-state").textContent = connected ? "live" : "reconnecting…";
    byId("link-state").classList.toggle("live", connected);
    if (connected) attempt(loadEverything);
  },
);
