"""Slots by what is typed into a search: parts of the names of places, rooms and recruiters."""

from typing import Any

from django.db.models import Q

from common.mongo import collection
from common.texts.names import fold


def held_like(text: str) -> Q:
    """The condition of slots where each word of ``text`` is part of the location, the room or the recruiter's name.

    There are few different ones, and an index tells them without reading the slots: what is typed is looked for in
    them, and the slots then by their indexes.
    """
    found = Q()
    slots, recruiters = collection("interview_slots"), list(collection("recruiters").find({}, {"name": 1}))
    locations, rooms = slots.distinct("location"), slots.distinct("room")
    for word in map(fold, text.split()):
        held_by = [row["_id"] for row in recruiters if word in fold(row["name"])]
        places = Q(location__in=_with(word, locations)) | Q(room__in=_with(word, rooms))
        found &= places | Q(recruiter_id__in=held_by) | Q(video_link=text.strip())
    return found


def _with(word: str, every: list[Any]) -> list[str]:
    return [one for one in every if one and word in fold(one)]
