"""The admin service's HTTP reads, the bot's only way to see its data."""

from http import HTTPStatus
from typing import TypeVar

from aiohttp import ClientError, ClientSession, ClientTimeout
from pydantic import BaseModel, ValidationError
from structlog.stdlib import get_logger
from yarl import URL

from interview_bot.common.logs import correlation_id
from shared_contracts.calendars import CalendarEntry
from shared_contracts.card import RecruiterCard
from shared_contracts.directory import (
    AllowedUser,
    AwaitedUsername,
    BookingsPage,
    BookingView,
    ChangesPage,
    City,
    Contact,
    FormerPerson,
    InterviewEvent,
    Page,
    PrivacyNotice,
    QuestionnaireRef,
    Recipient,
    Recruiter,
    RecruiterCalendar,
    Screening,
    SlotView,
)
from shared_contracts.notification import AutoMessage
from shared_contracts.questionnaire import QuestionnaireView
from shared_contracts.texts.message_templates import TemplateList

_TIMEOUT = ClientTimeout(total=2, sock_connect=1)
_MAX_PAGES = 100
"""A list with more pages than this never ends: what was read so far is used, and logged as an error."""

M = TypeVar("M", bound=BaseModel)
_log = get_logger(__name__)


class AdminApiDownError(Exception):
    """The admin service could not be asked now; a later try may work."""


class AdminApiRefusedError(Exception):
    """The admin service refused the request (a wrong token, an unknown id): trying again won't help."""


class AdminApiUnknownError(AdminApiRefusedError):
    """The admin service knows no such thing."""


class AdminApi:
    """Client of the admin service. Every method raises ``AdminApiDownError`` or ``AdminApiRefusedError``."""

    def __init__(self, base_url: str, token: str) -> None:
        headers = {"Authorization": f"Bearer {token}"}
        self._session = ClientSession(base_url, headers=headers, timeout=_TIMEOUT, trust_env=True)

    async def close(self) -> None:
        """Close the connections."""
        await self._session.close()

    async def allowed_user(self, telegram_id: int) -> AllowedUser | None:
        """The allow list's entry of one person, None where there is none."""
        page = await self._read(ChangesPage[AllowedUser], f"/api/allowed-users?telegram_id={telegram_id}")
        return page.results[0] if page.results else None

    async def allowed_users(self, path: str | None = None, since: str | None = None) -> ChangesPage[AllowedUser]:
        """One page of the allow list: ``path`` (a page's ``next``), or from the start, or changes ``since``."""
        if path is not None:
            return await self._read(ChangesPage[AllowedUser], path)
        params = {"limit": "500"} | ({"since": since} if since else {})
        return await self._read(ChangesPage[AllowedUser], "/api/allowed-users", params)

    async def available_slots(self, event_id: str, *, for_move: bool = False) -> list[SlotView]:
        """An interview event's open slots by start; none of one closed for sign-up, unless it is ``for_move``."""
        moving = "&for_move=true" if for_move else ""
        return await self._read_pages(Page[SlotView], f"/api/available-slots?event={event_id}&limit=200{moving}")

    async def events(self) -> list[InterviewEvent]:
        """The interview events open for sign-up."""
        return await self._read_pages(Page[InterviewEvent], "/api/events?limit=200")

    async def cities(self) -> list[City]:
        """The open cities."""
        return await self._read_pages(Page[City], "/api/cities?limit=200")

    async def recruiters(self) -> list[Recruiter]:
        """The active recruiters."""
        return await self._read_pages(Page[Recruiter], "/api/recruiters?limit=200")

    async def awaited_username(self, username: str) -> bool:
        """Whether someone was put down by this @username and has not written yet (R10)."""
        answer = await self._read(AwaitedUsername, "/api/awaited-usernames", {"username": username})
        return answer.awaited

    async def former_person(self, telegram_id: int) -> FormerPerson:
        """Whether someone was let in once and is not any more."""
        return await self._read(FormerPerson, "/api/former-people", {"telegram_id": str(telegram_id)})

    async def screening(self, telegram_id: int, event_id: str) -> Screening:
        """How far a person is with an event's questionnaire (R9)."""
        return await self._read(Screening, f"/api/screening?telegram_id={telegram_id}&event={event_id}")

    async def questionnaire(self, ref: QuestionnaireRef) -> QuestionnaireView:
        """A published version of a questionnaire; it never changes."""
        return await self._read(QuestionnaireView, f"/api/questionnaires/{ref.id}/versions/{ref.version}")

    async def contact(self) -> Contact:
        """The default responsible person's link."""
        return await self._read(Contact, "/api/contact")

    async def bookings(self, telegram_id: int) -> list[BookingView]:
        """A person's live bookings that are not over, by start."""
        return (await self.person_bookings(telegram_id)).results

    async def person_bookings(self, telegram_id: int) -> BookingsPage:
        """The same with the slots that are not offered to them; there is one page."""
        return await self._read(BookingsPage, f"/api/bookings?telegram_id={telegram_id}")

    async def recruiter_cards(self, telegram_id: int) -> list[RecruiterCard]:
        """The requests that wait for a recruiter's answer, by start."""
        return await self._read_pages(Page[RecruiterCard], f"/api/recruiter-cards?telegram_id={telegram_id}&limit=100")

    async def recruiter_interviews(self, telegram_id: int) -> list[RecruiterCard]:
        """A recruiter's interviews and those they stand in for, from a day ago to nine days ahead, by start."""
        path = f"/api/recruiter-interviews?telegram_id={telegram_id}&limit=100"
        return await self._read_pages(Page[RecruiterCard], path)

    async def auto_message(self, message_id: str) -> AutoMessage | None:
        """An automatic message as it stands at this moment; None when there is no such message (any more)."""
        try:
            return await self._read(AutoMessage, f"/api/auto-messages/{message_id}")
        except AdminApiUnknownError:
            return None

    async def privacy(self) -> PrivacyNotice:
        """The company's privacy text; none where the admin service does not know of such a thing yet."""
        try:
            return await self._read(PrivacyNotice, "/api/privacy")
        except AdminApiUnknownError:
            return PrivacyNotice(version=0, consent_version=0, ru=None, en=None, link=None)

    async def recruiter_calendar(self, telegram_id: int) -> RecruiterCalendar:
        """The secret address of a recruiter's calendar: for their eyes only, kept nowhere."""
        return await self._read(RecruiterCalendar, f"/api/recruiter-calendar?telegram_id={telegram_id}")

    async def calendar_entries(self, telegram_id: int) -> list[CalendarEntry]:
        """A candidate's booked interviews to come, as calendars show them, by start."""
        return await self._read_pages(Page[CalendarEntry], f"/api/calendar-entries?telegram_id={telegram_id}")

    async def templates(self) -> TemplateList:
        """The message templates in force."""
        return await self._read(TemplateList, "/api/templates")

    async def recipients(self, broadcast_id: str, path: str | None) -> Page[Recipient]:
        """One page of a broadcast's audience; ``path`` is the page before's ``next``."""
        return await self._read(Page[Recipient], path or f"/api/broadcasts/{broadcast_id}/recipients?limit=200")

    async def _read_pages(self, page_of: type[Page[M]], first: str) -> list[M]:
        results: list[M] = []
        path: str | None = first
        for _ in range(_MAX_PAGES):
            page = await self._read(page_of, path)
            results.extend(page.results)
            path = page.next
            if path is None:
                return results
        _log.error("list_without_end", path=first.partition("?")[0], read=len(results))
        return results

    async def _read(self, model: type[M], path: str | None, params: dict[str, str] | None = None) -> M:
        url, headers = path or "/", {"X-Correlation-ID": correlation_id()}
        try:
            # Pages' addresses come ready-made: encoded once, and not to be encoded again.
            async with self._session.get(URL(url, encoded=True), params=params, headers=headers) as answer:
                status, body = answer.status, await answer.read()
        except (ClientError, TimeoutError) as error:
            raise AdminApiDownError(type(error).__name__) from error
        name = url.partition("?")[0]
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status == HTTPStatus.TOO_MANY_REQUESTS:
            raise AdminApiDownError(f"HTTP {status}")
        if status == HTTPStatus.NOT_FOUND:
            raise AdminApiUnknownError(f"HTTP {status} for {name}")
        if status != HTTPStatus.OK:
            raise AdminApiRefusedError(f"HTTP {status} for {name}")
        try:
            return model.model_validate_json(body)
        except ValidationError as error:
            raise AdminApiDownError(f"unreadable answer to {name}") from error
