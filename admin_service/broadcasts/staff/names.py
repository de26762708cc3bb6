"""People and chats behind a broadcast's numbers, as staff read them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.urls import reverse

from broadcasts.models import AnnouncementChat
from common.mongo import Document, collection
from common.texts.names import shown_name
from people.models import City
from people.services.reach import chat_state
from people.staff.candidates import CHAT_STATES
from people.staff.reaching import telegram_words


@dataclass(frozen=True, slots=True)
class Named:
    """Somebody, or a chat. ``link``: their page; empty where there is none."""

    name: str
    city: str = ""
    link: str = ""
    note: str = ""


def named(rows: Sequence[Document]) -> list[Named]:
    """Candidates, by their documents."""
    city_of: dict[Any, str] = dict(City.objects.values_list("pk", "name"))
    return [
        Named(
            shown_name(row["first_name"], row["last_name"], row["username"], row["telegram_id"]),
            city_of.get(row.get("city_id"), ""),
            reverse("admin:people_candidate_change", args=[row["_id"]]),
        )
        for row in rows
    ]


def named_out_of_reach(rows: Sequence[Document]) -> list[Named]:
    """Candidates whom the bot can't write to, with why."""
    pairs = zip(rows, named(rows), strict=True)
    return [replace(one, note=str(CHAT_STATES[chat_state(row)])) for row, one in pairs]


def named_chats(deliveries: Sequence[Document]) -> list[Named]:
    """Whom deliveries went to: candidates by name, groups by title; Telegram's refusal beside it."""
    ids = [row["chat_id"] for row in deliveries]
    fields = {"telegram_id": 1, "first_name": 1, "last_name": 1, "username": 1, "city_id": 1}
    users = list(collection("users").find({"telegram_id": {"$in": ids}}, fields))
    found = {row["telegram_id"]: one for row, one in zip(users, named(users), strict=True)}
    titles: dict[int, str] = dict(AnnouncementChat.objects.filter(chat_id__in=ids).values_list("chat_id", "title"))
    who = {chat_id: Named(titles.get(chat_id) or str(chat_id)) for chat_id in ids} | found
    return [replace(who[row["chat_id"]], note=telegram_words(row.get("error") or "")) for row in deliveries]
