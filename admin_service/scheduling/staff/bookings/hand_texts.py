"""What staff send somebody by hand whom the bot can't write to (R4): the text the bot would have sent, to be copied."""

import re
from collections.abc import Iterable, Mapping
from html import unescape

from bson import ObjectId
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import override
from pydantic import ValidationError

from common.mongo import Document, collection
from message_templates.services.reading import in_force
from people.services.languages import reads
from scheduling.services.editing.notice_text import news_html
from scheduling.services.store.slots import by_id
from shared_contracts.notification import NotificationCommand
from shared_contracts.texts.message_templates import TemplateView


def texts_for_candidates(bookings: Iterable[Document]) -> dict[ObjectId, str]:
    """By booking, what its candidate was to be told last and the bot could not, in their language, by its document.

    Without those whom the bot reaches, of whom nothing is known, or whose booking has changed since.
    """
    untold = [row for row in bookings if row["candidate_by_hand"]]
    if not untold:
        return {}
    people = {row["_id"]: row for row in by_id("users", {row["user_id"] for row in untold})}
    zones = {row["_id"]: row["timezone"] for row in by_id("cities", {row["city_id"] for row in people.values()})}
    templates = in_force()
    texts = {row["_id"]: _text_for(row, people.get(row["user_id"]), zones, templates) for row in untold}
    return {booking_id: text for booking_id, text in texts.items() if text}


def _text_for(
    booking: Document, person: Document | None, zones: Mapping[ObjectId, str], templates: list[TemplateView]
) -> str:
    try:
        news = NotificationCommand.model_validate_json(booking.get("last_news") or "")
    except ValidationError:  # of an earlier release, or none
        return ""
    if person is None or news.booking.version != booking["version"]:
        return ""
    zone = news.timezone or zones.get(person["city_id"])
    html = news_html(news, zone, reads(person), templates, news.timezone_before)
    return _plain(html) if html else ""


def text_for_waiting(entry_id: ObjectId) -> str:
    """What somebody is told whose waiting has ended, in their language; empty while they wait, or are served."""
    entry = collection("waiting_list").find_one({"_id": entry_id, "state": "closed"})
    person = next(iter(by_id("users", [entry["user_id"]])), None) if entry else None
    event = next(iter(by_id("interview_events", [entry["event_id"]])), None) if entry else None
    if entry is None or person is None:
        return ""
    with override(reads(person)):
        if event is None or not event["is_open"] or not entry["city"]:
            text = _("Sign-up for “%(event)s” is closed, so we took you off the waiting list. Thank you for waiting.")
        else:
            text = _("There will be no more interviews “%(event)s” in %(city)s, so we took you off the waiting list.")
        return text % {"event": entry["event"], "city": entry["city"]}


def copied(text: str) -> str:
    """A button that copies the text, where there is no room to show it; whoever points at it reads it."""
    return format_html(
        '<span class="desk-copy"><textarea readonly tabindex="-1" aria-hidden="true" class="sr-only">{}</textarea>'
        '<button type="button" data-copy class="desk-copy-text" title="{}">'
        '<span class="material-symbols-outlined" aria-hidden="true">content_copy</span>{}</button></span>',
        text,
        text,
        _("Copy the text"),
    )


def copyable(text: str) -> str:
    """The text with a button that copies it."""
    return format_html(
        '<span class="desk-copy"><textarea readonly rows="{}" cols="50" aria-label="{}">{}</textarea>'
        '<button type="button" data-copy title="{}"><span class="material-symbols-outlined">content_copy</span>'
        "</button></span>",
        min(text.count("\n") + 2, 16),
        _("text to send"),
        text,
        _("Copy"),
    )


def _plain(html: str) -> str:
    """Without markup; links stay readable."""
    linked = re.sub(r'<a href="([^"]*)">(.*?)</a>', r"\2: \1", html, flags=re.DOTALL)
    return unescape(re.sub(r"<[^<>]+>", "", linked))
