"""What the admin service decides about dialogs: invitations, @usernames, questionnaires, the waiting list."""

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from interview_bot.common import clock
from shared_contracts.calendars import CalendarEntry
from shared_contracts.dialog import (
    AnyDialogCommand,
    CalendarWanted,
    DialogOutcome,
    DialogRequest,
    DialogResult,
    InvitationClaimed,
    LanguageChosen,
    PrivacyAccepted,
    QuestionnaireAnswered,
    Role,
    UsernameClaimed,
    WaitingListJoined,
    WaitingListLeft,
)
from shared_contracts.directory import (
    AwaitedUsername,
    BookingStatus,
    FormerPerson,
    Page,
    PrivacyNotice,
    QuestionnaireRef,
    Recruiter,
    RecruiterCalendar,
    Screening,
    ScreeningStatus,
    WaitingPlace,
)
from shared_contracts.fields import Bilingual
from shared_contracts.notification import CacheName
from shared_contracts.questionnaire import Question, QuestionnaireView
from shared_contracts.transport.topology import DIALOG_RESULT
from tests.kit.recruiting import RECRUITERS_NAME

if TYPE_CHECKING:
    from tests.kit.desk import Desk

NO_PRIVACY_TEXT = PrivacyNotice(version=0, consent_version=0, ru=None, en=None, link=None)
CALENDAR_URL = "https://desk.example.org/calendar/Zx8-hG_2kLq9TtVb.ics"
QUESTIONNAIRE_ID = "a" * 23 + "1"
REJECTED_BECAUSE = Bilingual(ru="Стажировка только для совершеннолетних.", en="The internship is for adults only.")


def calendar(url: str | None, *, is_made: bool | None = None) -> RecruiterCalendar:
    """A recruiter's calendar address; made, if there is one, unless said otherwise."""
    return RecruiterCalendar(can_be_told=True, is_made=bool(url) if is_made is None else is_made, url=url)


class DialogDesk:
    """Part of the desk; each test begins with an empty one."""

    def __init__(self, desk: "Desk") -> None:
        self._desk = desk
        self.answering = asyncio.Event()
        self.clear()

    def clear(self) -> None:
        """Forget everything."""
        self.recruiters: list[Recruiter] = []
        self.former_recruiters: set[int] = set()
        self.invitations: dict[str, Role] = {}
        self.awaited: set[str] = set()
        self.questionnaires: dict[tuple[str, int], QuestionnaireView] = {}
        self.screenings: dict[tuple[int, str], Screening] = {}
        self.waiting: dict[int, WaitingPlace] = {}
        self.privacy = NO_PRIVACY_TEXT
        self.calendars: dict[int, RecruiterCalendar] = {}
        self.outcome: DialogOutcome | None = None
        self.answering.set()

    # What staff do

    def employ(
        self, telegram_id: int | None, name: str = RECRUITERS_NAME, number: int = 1, **changes: Any
    ) -> Recruiter:
        """Put down an active recruiter."""
        values = {"id": "d" * 23 + str(number), "name": name, "city_id": None, "contact_url": None}
        recruiter = Recruiter(**(values | {"telegram_id": telegram_id, "timezone": "Europe/Moscow"} | changes))
        self.recruiters.append(recruiter)
        return recruiter

    async def dismiss(self, telegram_id: int) -> None:
        """Deactivate a recruiter; the bot hears of it."""
        self.recruiters = [known for known in self.recruiters if known.telegram_id != telegram_id]
        self.former_recruiters.add(telegram_id)
        await self._desk.invalidate(CacheName.RECRUITERS)

    def publish(self, *questions: Question, version: int = 1) -> QuestionnaireRef:
        """Publish a version of the questionnaire and put it before the first event's slots."""
        title = Bilingual(ru="Анкета", en="Questionnaire")
        view = QuestionnaireView(id=QUESTIONNAIRE_ID, version=version, title=title, questions=list(questions))
        self.questionnaires[view.id, version] = view
        ref = QuestionnaireRef(id=view.id, version=version)
        self._desk.change_event(questionnaire=ref)
        return ref

    # How commands are answered

    async def answer(self, command: AnyDialogCommand) -> None:
        """Send the one answer to a command that has one."""
        if isinstance(command, LanguageChosen):
            self._desk.change_person(command.user_telegram_id, language=command.language)
        if isinstance(command, DialogRequest):
            await self.answering.wait()
            await self._desk.send(DIALOG_RESULT.name, self.result_of(command))

    def result_of(self, command: Any, **changes: Any) -> DialogResult:
        """The decision on a command, carried out; ``changes`` replace fields of the answer."""
        values: dict[str, Any] = {
            "message_id": uuid4(),
            "correlation_id": command.correlation_id,
            "occurred_at": clock.now(),
            "request_id": command.message_id,
            "action": command.action,
            "decided_at": clock.now(),
            "user_telegram_id": command.user_telegram_id,
            "reply": command.reply,
        }
        if self.outcome is not None:
            decided: dict[str, Any] = {"outcome": self.outcome, "event_id": getattr(command, "event_id", None)}
        elif isinstance(command, QuestionnaireAnswered):
            decided = self._screen(command)
        elif isinstance(command, WaitingListJoined | WaitingListLeft):
            decided = {"outcome": self._wait(command), "event_id": command.event_id}
        elif isinstance(command, PrivacyAccepted):
            self._desk.change_person(command.user_telegram_id, privacy_version=command.version)
            decided = {"outcome": DialogOutcome.ACCEPTED, "event_id": command.event_id}
        elif isinstance(command, CalendarWanted):
            self.calendars[command.user_telegram_id] = calendar(CALENDAR_URL)
            decided = {"outcome": DialogOutcome.ACCEPTED}
        else:
            decided = self._let_in(command)
        return DialogResult(**(values | decided | changes))

    def _let_in(self, command: InvitationClaimed | UsernameClaimed) -> dict[str, Any]:
        if isinstance(command, InvitationClaimed):
            role = self.invitations.pop(command.token, None)
            if role is None:
                return {"outcome": DialogOutcome.UNKNOWN}
        elif command.username.casefold() in self.awaited:
            role = Role.CANDIDATE
            self.awaited.remove(command.username.casefold())
        else:
            return {"outcome": DialogOutcome.UNKNOWN}
        if role is Role.CANDIDATE:
            self._desk.allow(command.user_telegram_id, command.first_name)
        else:
            self.employ(command.user_telegram_id, command.first_name)
        return {"outcome": DialogOutcome.ACCEPTED, "role": role, "name": command.first_name}

    def _screen(self, command: QuestionnaireAnswered) -> dict[str, Any]:
        key = (command.user_telegram_id, command.event_id)
        status = ScreeningStatus.REJECTED if command.rejected_by else ScreeningStatus.PASSED
        reason = REJECTED_BECAUSE if command.rejected_by else None
        self.screenings[key] = Screening(event_id=command.event_id, status=status, reason=reason)
        return {"outcome": DialogOutcome(status.value), "event_id": command.event_id, "reason": reason}

    def _wait(self, command: WaitingListJoined | WaitingListLeft) -> DialogOutcome:
        person = command.user_telegram_id
        if isinstance(command, WaitingListLeft):
            self.waiting.pop(person, None)
            return DialogOutcome.LEFT
        known = person in self.waiting
        self.waiting[person] = WaitingPlace(event_id=command.event_id, city_id=command.city_id)
        return DialogOutcome.ALREADY_JOINED if known else DialogOutcome.JOINED

    # HTTP

    def routes(self) -> list[Route]:
        """What the bot reads."""
        return [
            Route("/api/recruiters", self._recruiters),
            Route("/api/awaited-usernames", self._awaited),
            Route("/api/former-people", self._former),
            Route("/api/screening", self._screening),
            Route("/api/privacy", self._privacy),
            Route("/api/recruiter-calendar", self._calendar),
            Route("/api/calendar-entries", self._calendar_entries),
            Route("/api/questionnaires/{id}/versions/{version:int}", self._questionnaire),
        ]

    async def _privacy(self, request: Request) -> Response:
        return await self._desk.api_answer(request, lambda: self.privacy)

    async def _calendar(self, request: Request) -> Response:
        person = int(request.query_params["telegram_id"])
        found = self.calendars.get(person, calendar(None))
        return await self._desk.api_answer(request, lambda: found)

    async def _calendar_entries(self, request: Request) -> Response:
        person = int(request.query_params["telegram_id"])
        entries = [
            CalendarEntry(
                uid=f"{booking.id}@slotdesk",
                sequence=booking.version,
                method="PUBLISH",
                starts_at=booking.slot.starts_at,
                ends_at=booking.slot.starts_at + timedelta(minutes=booking.slot.duration_minutes),
                summary=booking.slot.event.name,
                place=booking.slot.location,
                description="",
                stamp=clock.now(),
            )
            for owner, booking in self._desk.bookings.values()
            if owner == person and booking.status is BookingStatus.BOOKED
        ]
        return await self._desk.api_answer(request, lambda: Page[CalendarEntry](results=entries, next=None))

    async def _recruiters(self, request: Request) -> Response:
        found = list(self.recruiters)  # read before the wait
        return await self._desk.api_answer(request, lambda: Page[Recruiter](results=found, next=None))

    async def _awaited(self, request: Request) -> Response:
        name = request.query_params["username"]
        awaited = name.casefold() in self.awaited
        return await self._desk.api_answer(request, lambda: AwaitedUsername(username=name, awaited=awaited))

    async def _former(self, request: Request) -> Response:
        person = int(request.query_params["telegram_id"])
        entry = self._desk.people.get(person)
        found = FormerPerson(
            candidate=entry is not None and not entry.allowed,
            recruiter=person in self.former_recruiters,
            contact_url=None,
        )
        return await self._desk.api_answer(request, lambda: found)

    async def _screening(self, request: Request) -> Response:
        event_id = request.query_params["event"]
        none = Screening(event_id=event_id, status=ScreeningStatus.NONE)
        key = (int(request.query_params["telegram_id"]), event_id)
        return await self._desk.api_answer(request, lambda: self.screenings.get(key, none))

    async def _questionnaire(self, request: Request) -> Response:
        view = self.questionnaires[request.path_params["id"], request.path_params["version"]]
        return await self._desk.api_answer(request, lambda: view)
