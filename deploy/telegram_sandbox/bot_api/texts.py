"""Reading `text` or `caption` with its formatting."""

from typing import Any

from shared_contracts.telegram.html import HtmlError, parse_html
from shared_contracts.telegram.text import MAX_TEXT, trim, utf16_length, with_detected
from telegram_sandbox.bot_api.params import Params
from telegram_sandbox.errors import bad_request
from telegram_sandbox.world import views
from telegram_sandbox.world.records import Json
from telegram_sandbox.world.sandbox import Sandbox

MAX_CAPTION = 1024
_LINK_PREVIEW = {
    **dict.fromkeys(("is_disabled", "prefer_small_media", "prefer_large_media", "show_above_text"), (bool, "Boolean")),
    "url": (str, "String"),
}


def read_text(sandbox: Sandbox, params: Params) -> tuple[str, list[Json]]:
    """The message's text and entities: 1 to 4096 UTF-16 units after parsing. Raises ApiError."""
    text, entities = _formatted(sandbox, params, "text", "entities")
    if not text:
        raise bad_request("message text is empty")
    if utf16_length(text) > MAX_TEXT:
        raise bad_request("message is too long")
    return text, entities


def read_link_preview(params: Params) -> Json | None:
    """The `link_preview_options` that say something, None when there are none. Raises ApiError."""
    options: Any = params.structure("link_preview_options", "link preview options")
    if options is None:
        return {"is_disabled": True} if params.boolean("disable_web_page_preview") else None
    if not isinstance(options, dict):
        raise bad_request("object expected as link preview options")
    for name, (kind, called) in _LINK_PREVIEW.items():
        if not isinstance(options.get(name, kind()), kind):
            raise bad_request(f'field "{name}" must be of type {called}')
    return {name: options[name] for name in _LINK_PREVIEW if options.get(name)} or None


def read_caption(sandbox: Sandbox, params: Params) -> tuple[str, list[Json]]:
    """A document's caption, maybe empty: up to 1024 UTF-16 units after parsing. Raises ApiError."""
    text, entities = _formatted(sandbox, params, "caption", "caption_entities")
    if utf16_length(text) > MAX_CAPTION:
        raise bad_request("message caption is too long")
    return text, entities


def _formatted(sandbox: Sandbox, params: Params, name: str, entity_name: str) -> tuple[str, list[Json]]:
    source = params.text(name).replace("\r", "")
    mode = params.text("parse_mode").lower()
    if mode == "html":
        try:
            text, entities = parse_html(source)
        except HtmlError as error:
            raise bad_request(f"can't parse entities: {error}") from None
    elif mode:
        # Telegram also knows Markdown; the sandbox says plainly that it does not.
        raise bad_request("unsupported parse_mode")
    else:
        text, entities = source, _explicit(params.structure(entity_name, "message entities"))
    text, entities = trim(text, entities)
    return text, with_detected(text, [e for e in (_mention(sandbox, e) for e in entities) if e])


def _explicit(entities: Any) -> list[Json]:
    if entities is None:
        return []
    fields = ("type", "offset", "length")
    if not isinstance(entities, list) or not all(
        isinstance(entity, dict) and all(field in entity for field in fields) for entity in entities
    ):
        raise bad_request("can't parse MessageEntity: wrong list of entities")
    return entities


def _mention(sandbox: Sandbox, entity: Json) -> Json | None:
    if entity["type"] != "text_mention":
        return entity
    person = sandbox.memory.people.get(int(entity["user"]["id"]))
    return {**entity, "user": views.api_user(person)} if person else None
