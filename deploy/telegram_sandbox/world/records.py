"""What the sandbox remembers. Times are seconds since the epoch, UTC."""

from dataclasses import dataclass, field
from typing import Any, Literal

from telegram_sandbox.settings import Settings

Json = dict[str, Any]
Keyboard = list[list[Json]]


@dataclass(slots=True)
class Person:
    """A Telegram user. `started`: has opened the private chat; `blocked`: has blocked the bot."""

    user_id: int
    first_name: str
    last_name: str | None = None
    username: str | None = None
    language_code: str | None = None
    started: bool = False
    blocked: bool = False


@dataclass(slots=True)
class Message:
    """One message. `sender` is the bot's or a person's id; `entities` are the Bot API's, in UTF-16 units."""

    chat_id: int
    message_id: int
    sender: int
    date: int
    text: str
    entities: list[Json] = field(default_factory=list)
    keyboard: Keyboard | None = None
    document: Json | None = None
    reply_to: int | None = None
    edit_date: int | None = None
    edits: int = 0
    thread_id: int | None = None
    link_preview: Json | None = None
    """The bot's `link_preview_options`, if it gave any."""
    content: Json = field(default_factory=dict)
    """What else the Bot API's `Message` has: a photo with its `media_group_id`, or what a service message says."""


@dataclass(slots=True)
class Topic:
    """A forum's topic; its id is that of the message that made it."""

    name: str
    state: Literal["open", "closed", "deleted"] = "open"


@dataclass(slots=True)
class Chat:
    """A private chat (its id is the person's) or a group (it numbers its own messages).

    `moved_to`: the supergroup it has become. `bot_status`: the bot's, as `ChatMember` has it.
    """

    chat_id: int
    kind: Literal["private", "group", "supergroup"]
    title: str | None = None
    messages: dict[int, Message] = field(default_factory=dict)
    last_message_id: int = 0
    moved_to: int | None = None
    bot_status: Literal["member", "kicked", "left", "restricted"] = "member"
    is_forum: bool = False
    topics: dict[int, Topic] = field(default_factory=dict)


@dataclass(slots=True)
class CallbackQuery:
    """One press of a button, and the bot's answer once it came."""

    query_id: str
    user_id: int
    chat_id: int
    message_id: int
    data: str
    pressed_at: float
    answered_at: float | None = None
    text: str | None = None
    show_alert: bool = False
    url: str | None = None


@dataclass(slots=True)
class Update:
    """An update that the bot has not confirmed. `lane`: updates of one lane reach a webhook in order."""

    update_id: int
    kind: str
    payload: Json
    lane: str
    date: int


@dataclass(slots=True)
class Webhook:
    url: str = ""
    secret_token: str = ""
    max_connections: int = 40
    last_error_date: int | None = None
    last_error_message: str | None = None


@dataclass(slots=True)
class BotProfile:
    """What the bot set about itself. Keys: `scope|language` for commands, language, chat id as text."""

    commands: dict[str, list[Json]] = field(default_factory=dict)
    descriptions: dict[str, str] = field(default_factory=dict)
    short_descriptions: dict[str, str] = field(default_factory=dict)
    menu_buttons: dict[str, Json] = field(default_factory=dict)


@dataclass(slots=True)
class StoredFile:
    """A file the bot sent; `content` is base64 so that it can be kept as JSON."""

    file_id: str
    name: str
    mime_type: str
    content: str


@dataclass(slots=True)
class Memory:
    """Everything that survives a restart."""

    people: dict[int, Person] = field(default_factory=dict)
    chats: dict[int, Chat] = field(default_factory=dict)
    queries: dict[str, CallbackQuery] = field(default_factory=dict)
    files: dict[str, StoredFile] = field(default_factory=dict)
    pending: list[Update] = field(default_factory=list)
    webhook: Webhook = field(default_factory=Webhook)
    allowed_updates: list[str] = field(default_factory=list)
    profile: BotProfile = field(default_factory=BotProfile)
    last_update_id: int = 500000000
    last_private_message_id: int = 0
    last_query_id: int = 4000000000000000


class World:
    """One bot and all that is remembered around it, as far as showing it goes."""

    def __init__(self, settings: Settings, memory: Memory) -> None:
        self.settings = settings
        self.memory = memory
