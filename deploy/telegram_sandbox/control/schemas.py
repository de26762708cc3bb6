"""Bodies and answers of the control API. All times are seconds since the epoch, UTC."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator


class Body(BaseModel):
    """Unknown fields are refused, so that a misspelt one is noticed."""

    model_config = ConfigDict(extra="forbid")


class PersonIn(Body):
    user_id: int = Field(gt=0)
    first_name: str = Field(min_length=1, max_length=64)
    last_name: str | None = Field(default=None, max_length=64)
    username: str | None = Field(default=None, pattern=r"^[A-Za-z][A-Za-z0-9_]{3,31}$")
    language_code: str | None = Field(default=None, pattern=r"^[a-z]{2}(-[A-Za-z]{2,8})?$")


class PersonOut(BaseModel):
    user_id: int
    first_name: str
    last_name: str | None = None
    username: str | None = None
    language_code: str | None = None
    started: bool
    blocked: bool


class MessageIn(Body):
    user_id: int = Field(gt=0)
    text: str
    chat_id: int | None = Field(default=None, description="the private chat with the bot when left out")
    reply_to_message_id: int | None = None
    message_thread_id: int | None = Field(default=None, description="a forum's topic")


class EditIn(Body):
    user_id: int = Field(gt=0)
    message_id: int
    text: str
    chat_id: int | None = Field(default=None, description="the private chat with the bot when left out")


class AlbumIn(Body):
    user_id: int = Field(gt=0)
    photos: int = Field(ge=1, le=10, description="one alone is no album")
    caption: str = ""
    captioned: int = Field(default=1, ge=1, le=10, description="the photo that has the caption")
    chat_id: int | None = Field(default=None, description="the private chat with the bot when left out")


class ServiceMessageIn(Body):
    user_id: int = Field(gt=0)
    kind: Literal["pinned_message", "message_auto_delete_timer_changed"]
    chat_id: int | None = Field(default=None, description="the private chat with the bot when left out")
    message_id: int | None = Field(default=None, description="what is pinned")
    seconds: int = Field(default=86_400, ge=0, description="after which messages are deleted")


class GroupIn(Body):
    chat_id: int = Field(lt=0)
    title: str = Field(min_length=1, max_length=128)
    type: Literal["group", "supergroup"] = "supergroup"
    is_forum: bool = False


class UpgradeIn(Body):
    user_id: int = Field(gt=0, description="who does it")
    new_chat_id: int = Field(lt=0)


class BotStatusIn(Body):
    user_id: int = Field(gt=0, description="who does it")
    status: Literal["member", "kicked", "left", "restricted"] = Field(description="restricted: may not write")


class TopicIn(Body):
    user_id: int = Field(gt=0, description="who does it")
    name: str = Field(min_length=1, max_length=128)


class TopicStateIn(Body):
    user_id: int = Field(gt=0, description="who does it")
    state: Literal["open", "closed", "deleted"]


class ServerIn(Body):
    """A Bot API server that isn't the public one."""

    bare_get_me: bool = Field(default=False, description="getMe without optional fields")
    errors_as_200: bool = Field(default=False, description="errors come with HTTP status 200")
    missing_methods: list[str] = Field(default=[], description="methods it answers with 404")


class MessageSent(BaseModel):
    chat_id: int
    message_id: int
    update_id: int | None = Field(description="null when the bot does not get to see the message")


class PressIn(Body):
    user_id: int = Field(gt=0)
    chat_id: int
    message_id: int
    data: str | None = Field(default=None, description="callback data, even one that is no longer shown")
    button: str | None = Field(default=None, description="the button's text, or a beginning only it has")

    @model_validator(mode="after")
    def one_of_both(self) -> "PressIn":
        if (self.data is None) == (self.button is None):
            raise ValueError("give either data or button")
        return self


class Pressed(BaseModel):
    callback_query_id: str | None = None
    followed: str | None = Field(default=None, description="the link that was followed")
    copied: str | None = Field(default=None, description="the text that is in the clipboard now")
    chat_id: int | None = None
    message_id: int | None = Field(default=None, description="the /start message that a deep link sent")


class LinkIn(Body):
    user_id: int = Field(gt=0)
    url: str


class BlockIn(Body):
    user_id: int = Field(gt=0)
    blocked: bool = True


class ChatOut(BaseModel):
    chat_id: int
    type: Literal["private", "group", "supergroup"]
    title: str
    messages: int
    last_message: dict[str, Any] | None


class TranscriptMessage(BaseModel):
    message_id: int
    chat_id: int
    from_: int | Literal["bot"] = Field(alias="from", description='"bot" or a user id')
    text: str
    html: str
    entities: list[dict[str, Any]]
    buttons: list[list[dict[str, Any]]] = Field(description="rows of {text, style?, callback_data | url | copy_text}")
    link_preview_options: dict[str, Any] | None
    document: dict[str, Any] | None = Field(
        description="{file_id, file_name, mime_type, file_size}, with content where that is a small text"
    )
    reply_to_message_id: int | None
    message_thread_id: int | None
    content: list[str] = Field(description="what else the Bot API's Message has: photo, pinned_message …")
    edits: int
    date: int
    edit_date: int | None


class PressOut(BaseModel):
    callback_query_id: str
    user_id: int
    chat_id: int
    message_id: int
    data: str
    text: str | None
    show_alert: bool
    url: str | None
    pressed_at: float
    answered_at: float | None
    latency_ms: float | None = Field(description="from the press to the answer")


class FaultIn(Body):
    method: str = Field(description='a Bot API method, or "*" for all')
    error_code: int = 500
    retry_after: int | None = Field(default=None, ge=1)
    times: int = Field(default=1, ge=1)
    mode: Literal["error", "timeout", "drop_after_apply"] = "error"
    description: str | None = Field(default=None, description="the error's text, else a usual one")
    chat_id: int | None = Field(default=None, description="only calls about this chat")
    migrate_to_chat_id: int | None = Field(default=None, description="of the error's parameters")


class RuleIn(Body):
    messages: float = Field(gt=0)
    seconds: float = Field(default=1, gt=0)
    burst: int | None = Field(default=None, ge=1, description="a bucket of this size; else a sliding window")


class LimitsIn(Body):
    """What is left out keeps its present value."""

    enabled: bool | None = None
    per_chat: RuleIn | None = None
    group: RuleIn | None = None
    overall: RuleIn | None = None
    callback_seconds: float | None = Field(default=None, gt=0, description="how long a press can be answered")


class LimitsOut(BaseModel):
    enabled: bool
    per_chat: RuleIn
    group: RuleIn
    overall: RuleIn
    callback_seconds: float


class Call(BaseModel):
    model_config = ConfigDict(extra="allow")

    method: str
    chat_id: int | None
    params: dict[str, Any]
    files: list[str]
    at: float
    duration_ms: float
    ok: bool


class BotOut(BaseModel):
    user_id: int
    first_name: str
    username: str
    group_chat_id: int
    group_title: str
    description: str = Field(description="shown while the chat is empty")
    short_description: str = Field(description="shown in the bot's profile")
    commands: list[dict[str, str]]
    updates: Literal["polling", "webhook"]
    poller_waiting: bool = Field(description="a long poll is open right now: the bot is listening")
    pending_updates: int


class Problem(BaseModel):
    detail: str
