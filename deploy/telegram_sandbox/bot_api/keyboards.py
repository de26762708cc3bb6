"""Inline keyboards: what Telegram accepts."""

import json
from typing import Any

from shared_contracts.telegram.text import check_link, utf16_length
from telegram_sandbox.errors import ApiError, bad_request
from telegram_sandbox.world.records import Json, Keyboard

MAX_BUTTONS = 100
MAX_DATA_BYTES = 64
MAX_COPY_TEXT = 256
_STYLES = frozenset(("danger", "success", "primary"))


def parse_markup(raw: Any) -> Keyboard | None:
    """The inline keyboard of a `reply_markup` (JSON text or already read). None when there is none.

    Raises ApiError with Telegram's texts.
    """
    if raw in (None, ""):
        return None
    markup = _read(raw)
    rows = markup.get("inline_keyboard", [])
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad_request('field "inline_keyboard" must be an Array of Arrays of InlineKeyboardButton')
    keyboard = [[_button(button) for button in row] for row in rows if row]
    if sum(map(len, keyboard)) > MAX_BUTTONS:
        raise bad_request("reply markup is too long")
    return keyboard or None


def _read(raw: Any) -> Json:
    if isinstance(raw, str):
        try:
            raw = json.loads(raw)
        except ValueError:
            raise bad_request("can't parse reply keyboard markup JSON object") from None
    if not isinstance(raw, dict):
        raise bad_request("object expected as reply markup")
    return raw


def _button(button: Any) -> Json:
    if not isinstance(button, dict):
        raise _unreadable("InlineKeyboardButton must be an Object")
    text = _required_text(button)
    if not text.strip():
        raise bad_request("inline keyboard button text must be non-empty")
    shown = {"text": text, **_style(button)}
    if button.get("url"):
        return {**shown, "url": _url(str(button["url"]))}
    if button.get("callback_data"):
        return {**shown, "callback_data": _data(str(button["callback_data"]))}
    if "copy_text" in button:
        return {**shown, "copy_text": _copy_text(button["copy_text"])}
    raise _unreadable("Text buttons are unallowed in the inline keyboard")


def _style(button: Json) -> Json:
    style = button.get("style", "")
    if not isinstance(style, str):
        raise _unreadable('Field "style" must be of type String')
    style = style.lower()
    if style in ("", "default"):
        return {}
    if style not in _STYLES:
        raise _unreadable("invalid button style specified")
    return {"style": style}


def _copy_text(copied: Any) -> Json:
    if not isinstance(copied, dict):
        raise _unreadable('Field "copy_text" must be of type Object')
    text = _required_text(copied)
    if not 1 <= utf16_length(text) <= MAX_COPY_TEXT:
        raise bad_request("BUTTON_COPY_TEXT_INVALID")
    return {"text": text}


def _required_text(fields: Json) -> str:
    if "text" not in fields:
        raise _unreadable('Can\'t find field "text"')
    text = fields["text"]
    if not isinstance(text, str):
        raise _unreadable('Field "text" must be of type String')
    return text


def _unreadable(reason: str) -> ApiError:
    return bad_request(f"can't parse inline keyboard button: {reason}")


def _url(url: str) -> str:
    try:
        return check_link(url)
    except ValueError as error:
        raise bad_request(f"inline keyboard button URL '{url}' is invalid: {error}") from None


def _data(data: str) -> str:
    if len(data.encode()) > MAX_DATA_BYTES:
        raise bad_request("BUTTON_DATA_INVALID")
    return data
