"""The bot's caches of the admin service's reads, in Redis only, so that one replica's invalidation serves all.

R6: a value carries the generation that was current before it was read from the admin service, and is served only while
that generation still is; invalidation raises it in one atomic step. So a slow fill can't bring stale data back, however
late it writes.
"""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable
from datetime import timedelta

from pydantic import BaseModel, TypeAdapter
from redis.asyncio import Redis
from structlog.stdlib import get_logger

from interview_bot import clock
from interview_bot.admin_api import AdminApi, AdminApiDownError
from shared_contracts.directory import Contact, InterviewEvent, QuestionnaireRef, Recruiter, SlotView
from shared_contracts.questionnaire import QuestionnaireView
from shared_contracts.wording import TemplateList, TemplateView

FRESH_FOR = timedelta(seconds=30)
"""The bound on staleness while the broker, and so invalidation, is down."""
KEPT_FOR = timedelta(days=1)
"""How long a value is kept to be shown while the admin service is down; every booking is decided there anyway."""

_slots = TypeAdapter(list[SlotView])
_events = TypeAdapter(list[InterviewEvent])
_recruiters = TypeAdapter(list[Recruiter])
_log = get_logger(__name__)


class _Entry(BaseModel):
    generation: str
    filled_at: float
    payload: str

    def is_fresh(self, generation: str) -> bool:
        age = clock.now().timestamp() - self.filled_at
        return self.generation == generation and 0 <= age < FRESH_FOR.total_seconds()


class Cache:
    """Texts by key under ``<name>:cache:<key>``."""

    def __init__(self, redis: Redis, name: str) -> None:
        self._redis = redis
        self._name = name
        self._filling: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def read(self, key: str, fetch: Callable[[], Awaitable[bytes]]) -> str:
        """The fresh value, fetched once per process where missing; the last known one while ``fetch`` is down.

        Raises:
            AdminApiDownError: nothing cached and ``fetch`` down.
        """
        generation, entry = await self._load(key)
        if entry is not None and entry.is_fresh(generation):
            return entry.payload
        async with self._filling[key]:
            generation, entry = await self._load(key)
            if entry is not None and entry.is_fresh(generation):
                return entry.payload
            return await self._fill(key, fetch, generation, entry)

    async def invalidate(self) -> None:
        """Drop every value at once."""
        await self._redis.incr(self._generation_key)

    @property
    def _generation_key(self) -> str:
        return f"{self._name}:generation"

    async def _load(self, key: str) -> tuple[str, _Entry | None]:
        generation, raw = await self._redis.mget(self._generation_key, f"{self._name}:cache:{key}")
        return generation or "0", None if raw is None else _Entry.model_validate_json(raw)

    async def _fill(self, key: str, fetch: Callable[[], Awaitable[bytes]], generation: str, last: _Entry | None) -> str:
        try:
            payload = (await fetch()).decode()
        except AdminApiDownError as error:
            if last is None:
                raise
            _log.warning("admin_api_down_serving_cached", cache=self._name, error=str(error))
            return last.payload
        entry = _Entry(generation=generation, filled_at=clock.now().timestamp(), payload=payload)
        await self._redis.set(f"{self._name}:cache:{key}", entry.model_dump_json(), ex=KEPT_FOR)
        return payload


class Directory:
    """What the admin service publishes about events, slots and contacts, read through the caches."""

    def __init__(self, redis: Redis, api: AdminApi) -> None:
        self._redis = redis
        self._api = api
        self.slots_cache = Cache(redis, "slots")
        self.events_cache = Cache(redis, "events")
        self.cities_cache = Cache(redis, "cities")
        self.recruiters_cache = Cache(redis, "recruiters")
        self.templates_cache = Cache(redis, "templates")

    async def slots(self, event_id: str) -> list[SlotView]:
        """An event's slots with a free seat, by start; those past ``closes_at`` are hidden (FR9)."""

        async def fetch() -> bytes:
            return _slots.dump_json(await self._api.available_slots(event_id))

        slots = _slots.validate_json(await self.slots_cache.read(event_id, fetch))
        now = clock.now()
        return sorted((slot for slot in slots if slot.free and slot.closes_at > now), key=lambda s: (s.starts_at, s.id))

    async def events(self) -> list[InterviewEvent]:
        """The interview events open for sign-up."""

        async def fetch() -> bytes:
            return _events.dump_json(await self._api.events())

        return _events.validate_json(await self.events_cache.read("open", fetch))

    async def event(self, event_id: str) -> InterviewEvent | None:
        """An interview event by its id, None where it is not open for sign-up."""
        return next((event for event in await self.events() if event.id == event_id), None)

    async def recruiters(self) -> list[Recruiter]:
        """The active recruiters."""

        async def fetch() -> bytes:
            return _recruiters.dump_json(await self._api.recruiters())

        return _recruiters.validate_json(await self.recruiters_cache.read("active", fetch))

    async def questionnaire(self, ref: QuestionnaireRef) -> QuestionnaireView:
        """A published version, kept without expiry: it never changes, and whoever began it finishes it.

        Raises:
            AdminApiDownError, AdminApiRefusedError: not kept yet, and not to be had.
        """
        key = f"questionnaire:{ref.id}:{ref.version}"
        kept = await self._redis.get(key)
        if kept is not None:
            return QuestionnaireView.model_validate_json(kept)
        view = await self._api.questionnaire(ref)
        await self._redis.set(key, view.model_dump_json())
        return view

    async def templates(self) -> list[TemplateView]:
        """The message templates in force (R5)."""

        async def fetch() -> bytes:
            return (await self._api.templates()).model_dump_json().encode()

        return TemplateList.model_validate_json(await self.templates_cache.read("all", fetch)).results

    async def default_contact(self) -> str | None:
        """The default link to a responsible person (FR7); None also while nobody can say."""

        async def fetch() -> bytes:
            return (await self._api.contact()).model_dump_json().encode()

        try:
            return Contact.model_validate_json(await self.cities_cache.read("contact", fetch)).contact_url
        except AdminApiDownError:
            return None
