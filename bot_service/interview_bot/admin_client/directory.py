"""What the admin service publishes, read through the caches: events, slots, recruiters, questionnaires, templates."""

from pydantic import TypeAdapter
from redis.asyncio import Redis

from interview_bot.admin_client.api import AdminApi, AdminApiDownError, AdminApiRefusedError
from interview_bot.admin_client.cache import Cache
from interview_bot.common import clock, redis_values
from shared_contracts.directory import (
    AllowedUser,
    BookingView,
    City,
    Contact,
    InterviewEvent,
    PrivacyNotice,
    QuestionnaireRef,
    Recruiter,
    SlotView,
)
from shared_contracts.questionnaire import QuestionnaireView
from shared_contracts.texts.message_templates import TemplateList, TemplateView

_slots = TypeAdapter(list[SlotView])
_events = TypeAdapter(list[InterviewEvent])
_recruiters = TypeAdapter(list[Recruiter])
_templates = TypeAdapter(TemplateList)
_contact = TypeAdapter(Contact)
_cities = TypeAdapter(list[City])
_privacy = TypeAdapter(PrivacyNotice)
_questionnaire = TypeAdapter(QuestionnaireView)


class Directory:
    """What the admin service publishes about events, slots and contacts, read through the caches."""

    def __init__(self, redis: Redis, api: AdminApi) -> None:
        self._redis = redis
        self._api = api
        self.slots_cache = Cache(redis, "slots", _slots)
        self.events_cache = Cache(redis, "events", _events)
        self.cities_cache = Cache(redis, "cities", _contact)
        self.open_cities_cache = Cache(redis, "cities:open", _cities)
        self.privacy_cache = Cache(redis, "cities:privacy", _privacy)  # under a prefix that the bot's account may use
        self.recruiters_cache = Cache(redis, "recruiters", _recruiters)
        self.templates_cache = Cache(redis, "templates", _templates)

    async def slots(self, event_id: str, *, for_move: bool = False) -> list[SlotView]:
        """An event's slots with a free seat, by start; those past ``closes_at`` are hidden (FR9).

        ``for_move``: for who is booked already, to whom an event that is closed for sign-up is open still (FR6).
        """
        past_sign_up = for_move and await self.event(event_id) is None
        key = f"{event_id}:move" if past_sign_up else event_id
        slots = await self.slots_cache.read(key, lambda: self._api.available_slots(event_id, for_move=past_sign_up))
        now = clock.now()
        return sorted((slot for slot in slots if slot.free and slot.closes_at > now), key=lambda s: (s.starts_at, s.id))

    async def events(self) -> list[InterviewEvent]:
        """The interview events open for sign-up."""
        return await self.events_cache.read("open", self._api.events)

    async def event(self, event_id: str) -> InterviewEvent | None:
        """An interview event by its id, None where it is not open for sign-up."""
        return next((event for event in await self.events() if event.id == event_id), None)

    async def is_city_open(self, city_id: str) -> bool:
        """Whether interviews are held in the city still; it counts as open while nobody can say."""
        try:
            cities = await self.open_cities_cache.read("all", self._api.cities)
        except (AdminApiDownError, AdminApiRefusedError):
            return True
        return any(city.id == city_id for city in cities)

    async def recruiters(self) -> list[Recruiter]:
        """The active recruiters."""
        return await self.recruiters_cache.read("active", self._api.recruiters)

    async def questionnaire(self, ref: QuestionnaireRef) -> QuestionnaireView:
        """A published version, kept without expiry: it never changes, and whoever began it finishes it.

        Raises:
            AdminApiDownError, AdminApiRefusedError: not kept yet, and not to be had.
        """
        key = f"questionnaire:{ref.id}:{ref.version}"
        known = await redis_values.read_json(self._redis, key, _questionnaire)
        if known is not None:
            return known
        view = await self._api.questionnaire(ref)
        await self._redis.set(key, view.model_dump_json())
        return view

    async def privacy(self) -> PrivacyNotice:
        """The company's privacy text, which candidates agree to before they sign up."""
        return await self.privacy_cache.read("text", self._api.privacy)

    async def templates(self) -> list[TemplateView]:
        """The message templates in force (R5)."""
        return (await self.templates_cache.read("all", self._api.templates)).results

    async def contact_url(self, person: AllowedUser | None, booking: BookingView | None = None) -> str | None:
        """The link to who helps (FR7): the booking's city's responsible person, the candidate's, else the default one.

        None where there is none, and while nobody can say.
        """
        own = (booking.contact_url if booking else None) or (person.contact_url if person else None)
        return own or await self._default_contact()

    async def _default_contact(self) -> str | None:
        try:
            return (await self.cities_cache.read("contact", self._api.contact)).contact_url
        except AdminApiDownError:
            return None
