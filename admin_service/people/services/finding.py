"""Candidates by what is typed into a search: the beginnings of words of their names, or their Telegram id."""

from typing import Any

from bson import ObjectId
from django.db.models import Q, QuerySet

import common.words  # noqa: F401  (registers the look-up)
from common.texts.names import bare_username, fold
from people.models import Candidate
from shared_contracts.fields import LARGEST_TELEGRAM_ID

MOST_FOUND = 200
"""People whose bookings, answers … a search shows; an index gives the rows of as many in one order."""
_MOST_DIGITS = 17


def candidates_like(text: str) -> QuerySet[Candidate]:
    """Those who are called so: each word of ``text`` begins one of theirs. A number is a Telegram id."""
    return Candidate.objects.filter(named_like(text))


def named_like(text: str) -> Q:
    """The condition of the same; served by ``users_words`` and ``users_telegram``."""
    term = text.strip()
    if term.isascii() and term.isdigit():
        return Q(telegram_id=min(int(term[:_MOST_DIGITS]), LARGEST_TELEGRAM_ID))
    found = Q()
    for word in term.split():
        found &= Q(words__any_startswith=fold(bare_username(word)))
    return found


def ids_like(text: str) -> tuple[list[ObjectId], bool]:
    """The ids of those who are called so, ``MOST_FOUND`` at most, and whether there are more."""
    found: list[Any] = list(candidates_like(text).values_list("pk", flat=True)[: MOST_FOUND + 1])
    return found[:MOST_FOUND], len(found) > MOST_FOUND
