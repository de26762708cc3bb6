"""Values that break what was not thought of."""

import random

GARBLED_IDS = [
    "zz",
    "0",
    "-1",
    "6b0210a10ebbd9947507d2a0",
    "6b0210a10ebbd9947507d2a",
    "%00",
    "..",
    "ы",
    "a" * 300,
    "1e9",
]
VALUES = [
    "",
    " ",
    "0",
    "-1",
    "1",
    "maybe",
    "null",
    "True",
    "1.5",
    "1e400",
    "NaN",
    "9" * 25,
    "-" + "9" * 25,
    str(2**63),
    str(2**31),
    "9999999",
    "0001-01-01",
    "9999-12-31",
    "31.02.2026",
    "2026-13-45",
    "25:61",
    "24:00",
    "2026-11-27T10:00:00+99:00",
    "\x00",
    "a\x00b",
    "\x1b[2J",
    "\r\nX-Injected: 1",
    "\u2028",
    "\ud800".encode("utf-8", "surrogatepass").decode("latin-1"),
    "😀" * 40,
    "é" * 2_000,
    "x" * 70_000,
    "(",
    "[",
    "*",
    "(?P<",
    "a{99999999}",
    "$where",
    '{"$ne": 1}',
    "[$ne]",
    "../../etc/passwd",
    "<script>alert(1)</script>",
    "{{ 7*7 }}",
    "%s%n",
    "' OR 1=1 --",
    "Https://T.me/x",
    "tg://user?id=1",
    "@",
    "Europe/Nowhere",
    "6b0210a10ebbd9947507d2a0",
]
PARAMETERS = [
    "q", "o", "p", "all", "e", "_export", "_popup", "_to_field", "_facets", "_changelist_filters", "batch", "next",
    "page", "s", "extended", "id", "pk", "token", "token_hash", "user_id__exact", "live__exact",
    "awaits_approval__exact",
    "city", "city__id__exact", "city__isnull", "event", "recruiter", "status__exact", "status", "state", "state__exact",
    "is_active__exact", "is_open__exact", "is_allowed__exact", "role__exact", "starts_at_from", "starts_at_to",
    "due_at_from", "answered_at_to", "subject", "actor", "correlation_id", "queue", "time", "by_hand", "attendance",
    "created_at__gte", "name__regex", "password__startswith", "user__first_name", "$where", "a[$ne]",
]  # fmt: skip
LANGUAGES = ["ru", "en", "", "xx-YY", "ru;q=x", "*" * 500]
METHODS = ["HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"]


def any_value(chance: random.Random, good: str = "") -> str:
    """A value: mostly one that breaks things, at times the good one or part of it."""
    kind = chance.random()
    if good and kind < 0.15:
        return good
    if good and kind < 0.25:
        return good[: chance.randrange(len(good) + 1)] + chance.choice(VALUES[:12])
    return chance.choice(VALUES)
