"""The sandbox as a whole: who and what exists, and the changes that everyone sees."""

import asyncio
import time
from collections import deque
from dataclasses import dataclass, field

from telegram_sandbox.settings import Settings
from telegram_sandbox.world.events import EventBus
from telegram_sandbox.world.faults import Faults
from telegram_sandbox.world.limits import FloodControl, telegram_rules
from telegram_sandbox.world.records import Chat, Json, Keyboard, Memory, Message, Person, World
from telegram_sandbox.world.update_queue import UpdateQueue
from telegram_sandbox.world.views import transcript_message
from telegram_sandbox.world.webhook import WebhookDelivery

_REMEMBERED_CALLS = 20000


@dataclass(slots=True)
class Content:
    """What a message says: text with entities, an inline keyboard, a document; `more` as in `Message.content`."""

    text: str
    entities: list[Json]
    keyboard: Keyboard | None = None
    document: Json | None = None
    link_preview: Json | None = None
    more: Json = field(default_factory=dict)


@dataclass(slots=True)
class Server:
    """How the Bot API server differs from the public one, as some that people run do.

    `missing`: methods, in lower case, that it does not know.
    """

    bare_get_me: bool = False
    errors_as_200: bool = False
    missing: frozenset[str] = frozenset()


class Sandbox(World):
    """All state of one bot's world. Lives in one event loop; nothing here is thread-safe."""

    def __init__(self, settings: Settings, memory: Memory | None = None) -> None:
        super().__init__(settings, memory or Memory())
        self.callback_seconds = settings.callback_seconds
        self.events = EventBus()
        self.limits = FloodControl()
        self.faults = Faults()
        self.server = Server()
        self.calls: deque[Json] = deque(maxlen=_REMEMBERED_CALLS)
        self.updates = UpdateQueue(self.memory)
        self.webhook = WebhookDelivery(self.updates, settings.webhook_retry_seconds)
        self.changed = False
        self.stopping = asyncio.Event()
        self._ensure_group()

    def _ensure_group(self) -> None:
        group = self.memory.chats.setdefault(
            self.settings.group_chat_id, Chat(self.settings.group_chat_id, "supergroup")
        )
        group.title = self.settings.group_title

    def reset(self) -> None:
        """Forgets people, chats, presses, calls, faults and waiting updates, and restores the limits.

        Ids keep growing and what the bot set about itself (webhook, commands) stays: a running bot goes on.
        """
        memory = self.memory
        for kept in (memory.people, memory.chats, memory.queries, memory.files, self.calls):
            kept.clear()
        self.updates.clear()
        self.faults.clear()
        self.server = Server()
        self.limits.use(telegram_rules())
        self.callback_seconds = self.settings.callback_seconds
        self._ensure_group()
        self.publish({"type": "reset"})

    def stop(self) -> None:
        """Ends long polls and event streams, so that the server can close."""
        self.stopping.set()
        self.events.close()
        self.updates.release_poller()

    def publish(self, event: Json) -> None:
        self.changed = True
        self.events.publish(event)

    def person(self, user_id: int) -> Person:
        """The person with this id, made up when nobody has it yet."""
        if user_id not in self.memory.people:
            self.memory.people[user_id] = Person(user_id, f"Person {user_id}", language_code="ru")
        return self.memory.people[user_id]

    def private_chat(self, user_id: int) -> Chat:
        """The person's chat with the bot, opened when there is none."""
        return self.memory.chats.setdefault(user_id, Chat(user_id, "private"))

    def add_message(
        self, chat: Chat, sender: int, content: Content, reply_to: int | None = None, thread_id: int | None = None
    ) -> Message:
        """Puts a new message into a chat and shows it."""
        message = Message(
            chat.chat_id,
            self._next_message_id(chat),
            sender,
            int(time.time()),
            content.text,
            content.entities,
            content.keyboard,
            content.document,
            reply_to,
            thread_id=thread_id,
            link_preview=content.link_preview,
            content=content.more,
        )
        chat.messages[message.message_id] = message
        self._show(message)
        return message

    def _next_message_id(self, chat: Chat) -> int:
        # The bot's private chats share one numbering; a supergroup has its own.
        if chat.kind == "private":
            self.memory.last_private_message_id += 1
            chat.last_message_id = self.memory.last_private_message_id
        else:
            chat.last_message_id += 1
        return chat.last_message_id

    def edit_message(self, message: Message, content: Content) -> None:
        """Replaces what a message says and shows it."""
        message.text, message.entities = content.text, content.entities
        message.keyboard, message.link_preview = content.keyboard, content.link_preview
        message.edits += 1
        message.edit_date = int(time.time())
        self._show(message)

    def delete_message(self, message: Message) -> None:
        del self.memory.chats[message.chat_id].messages[message.message_id]
        self.publish({"type": "deleted", "chat_id": message.chat_id, "message_id": message.message_id})

    def _show(self, message: Message) -> None:
        self.publish({"type": "message", "chat_id": message.chat_id, "message": transcript_message(self, message)})
