"""One update of one admitted person, as the dialogs see it."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial

from structlog.stdlib import get_logger
from telegram import User
from telegram.error import TelegramError

from interview_bot.admin_client.allow_list import AllowList
from interview_bot.admin_client.api import AdminApi
from interview_bot.admin_client.directory import Directory
from interview_bot.admin_client.outsiders import AwaitedUsernames, FormerPeople
from interview_bot.admin_client.screenings import Screenings
from interview_bot.messaging.outbox import Outbox
from interview_bot.store.calendar_files import CalendarFiles
from interview_bot.store.chats import Chats
from interview_bot.store.corrections import Corrections
from interview_bot.store.deliveries import Deliveries
from interview_bot.store.dialog_state import DialogStates
from interview_bot.store.progress import ProgressStore
from interview_bot.store.request_records import RequestRecords
from interview_bot.store.shown_bookings import ShownBookings
from interview_bot.store.shown_cards import ShownCards
from interview_bot.telegram.acks import Acks
from interview_bot.telegram.errors import classify
from interview_bot.telegram.gate import Gate
from interview_bot.telegram.outgoing import Claims, Outgoing
from interview_bot.telegram.rate_limiter import Priority, SharedRateLimiter
from interview_bot.telegram.sending import Bot, edit_or_send, send
from interview_bot.views import keyboards
from interview_bot.views.callback_data import Action
from interview_bot.views.screen import Reader, Screen
from interview_bot.views.texts import Texts, language_of, texts_for
from shared_contracts.directory import AllowedUser, Recruiter

COMMANDS = (
    *("start", "mybooking", "reschedule", "cancel", "calendar"),
    *("contact", "language", "privacy", "help"),
)
"""A candidate's commands, in the order Telegram's menu shows them."""
KEPT_COMMANDS = ("mybooking", "cancel")
"""Those that a recruiter has besides their own while they keep a booking."""
OFF_LIST_COMMANDS = ("mybooking", "cancel", "calendar", "contact", "language", "privacy", "help")
"""Those of somebody off the allow list who keeps a booking."""
RECRUITER_COMMANDS = ("today", "schedule", "requests", "calendar", "contact", "language", "privacy", "help")
ALL_COMMANDS = frozenset({*COMMANDS, *RECRUITER_COMMANDS})
_log = get_logger(__name__)


@dataclass(frozen=True)
class Services:
    """What the dialogs work with, wired in ``application``."""

    bot: Bot
    acks: Acks
    api: AdminApi
    allow_list: AllowList
    awaited_usernames: AwaitedUsernames
    former_people: FormerPeople
    directory: Directory
    dialog_states: DialogStates
    progress: ProgressStore
    screenings: Screenings
    outbox: Outbox
    request_records: RequestRecords
    chats: Chats
    shown_cards: ShownCards
    shown_bookings: ShownBookings
    rate_limiter: SharedRateLimiter
    outgoing: Outgoing
    gate: Gate
    calendar_files: CalendarFiles
    corrections: Corrections
    deliveries: Deliveries


async def texts_of(services: Services, user: User) -> Texts:
    """The texts for somebody who wrote or pressed: in the language they have chosen, else in Telegram's."""
    return texts_for(await services.chats.language(user.id, language_of(user.language_code)))


@dataclass(frozen=True)
class DialogContext:
    """An update in a private chat. ``message_id`` and ``query_id`` are those of a press, None for a message.

    ``person``: the entry of a candidate. ``recruiter``: the active recruiter that this person is. Some are both,
    someone who is only just being let in is neither. ``in_turn``: the chat's turn was taken before, and what is shown
    must be shown before its message is acknowledged to RabbitMQ; else a screen may wait for room (``Outgoing``).
    ``interrupts``: an answer that is to be typed was waited for, so what is shown leads back to its question.
    ``pressed``: the button's data. ``lead``: a first paragraph of what is shown next.
    ``written``: the id of the message that was written, for an answer to it.
    ``removed``: the entry of who is no candidate any more, but staff let their booking stand. ``off_list``: they are
    served for that alone (``dialogs.kept_booking``).
    """

    services: Services
    texts: Texts
    person: AllowedUser | None
    chat_id: int
    message_id: int | None = None
    query_id: str | None = None
    recruiter: Recruiter | None = None
    in_turn: bool = False
    interrupts: bool = False
    off_list: bool = False
    removed: AllowedUser | None = None
    pressed: str | None = None
    lead: str | None = None
    written: int | None = None

    @property
    def user_id(self) -> int:
        """The person's Telegram id, which is that of their private chat."""
        return self.chat_id

    @property
    def zone(self) -> str | None:
        """The person's own time zone, None where the slot's city decides."""
        own = self.person or self.removed or self.recruiter
        return own.timezone if own else None

    @property
    def commands(self) -> tuple[str, ...]:
        """The commands that this person can use."""
        if self.recruiter is None:
            return OFF_LIST_COMMANDS if self.off_list else COMMANDS
        if self.person is None and self.removed is None:
            return RECRUITER_COMMANDS
        theirs = KEPT_COMMANDS if self.person is None else COMMANDS
        return tuple(dict.fromkeys((*RECRUITER_COMMANDS[:3], *theirs, *RECRUITER_COMMANDS[3:])))

    def for_kept_booking(self) -> "DialogContext":
        """The same for what somebody off the allow list may do about their booking."""
        return replace(self, off_list=self.off_list or (self.person is None and self.removed is not None))

    async def show(self, screen: Screen) -> int | None:
        """Edit the pressed message in place, or answer a message with a new one, as soon as the chat has room.

        Returns: the id of what shows it, None while a new message waits.
        """
        screen = screen.with_lead(self.lead)
        if self.interrupts:
            screen = keyboards.with_continue(screen, self.texts)
        if self.in_turn or self.message_id is not None:
            return await self.show_and_get_id(screen)
        claims = Claims(partial(self._is_newest, screen), partial(self._record_shown, screen=screen))
        message_id = await self.services.outgoing.send(
            self.chat_id, self._for_them(screen), claims=claims if screen.tells_of else None
        )
        if message_id is not None:
            await self._record_shown(message_id, screen)
        return message_id

    async def show_and_get_id(self, screen: Screen) -> int:
        """The same where the dialog can't go on without the message's id: an edit may wait, a new message can't.

        Raises:
            HeldBackError: the chat has no room for a new message.
        """
        message_id = await self._show_now(self._for_them(screen))
        await self._record_shown(message_id, screen)
        return message_id

    async def _show_now(self, screen: Screen) -> int:
        priority = Priority.IN_TURN if self.in_turn else Priority.INTERACTIVE
        if self.message_id is None:
            return await send(self.services.bot, self.chat_id, screen, priority)
        if self.in_turn:
            return await edit_or_send(self.services.bot, self.chat_id, self.message_id, screen, priority)
        return await self.services.outgoing.edit(self.chat_id, self.message_id, screen)

    async def _record_shown(self, message_id: int, screen: Screen) -> None:
        """What the message tells of bookings, from now on: all that the screen does, and nothing it told before."""
        if self.message_id is not None or screen.tells_of:
            await self.services.shown_bookings.replace_claims(self.chat_id, message_id, screen.tells_of)

    async def _is_newest(self, screen: Screen) -> bool:
        """Whether the chat shows nothing newer of the bookings that the screen tells of."""
        shown = self.services.shown_bookings
        older = [await shown.is_older(self.chat_id, booking) for booking in screen.tells_of]
        return not any(older)

    async def try_edit(self, screen: Screen) -> None:
        """Edit the pressed message if Telegram lets us; what matters does not wait for it."""
        if self.message_id is None:
            return
        try:
            await self.services.outgoing.edit(self.chat_id, self.message_id, self._for_them(screen), or_send=False)
        except TelegramError as error:
            _log.warning("edit_failed", trouble=classify(error).value)

    def _for_them(self, screen: Screen) -> Screen:
        return keyboards.for_kept_booking(screen) if self.off_list else screen

    async def note_not_understood(self) -> None:
        """What was written is answered with what could be; edited into a command it is answered as that."""
        if self.written is not None:
            await self.services.dialog_states.note_not_understood(self.user_id, self.written)

    async def acknowledge(self, key: str | None = None, alert: bool = False) -> None:
        """Answer the press, with a short text by its key if given."""
        if self.query_id is not None:
            await self.services.acks.answer(self.query_id, self.texts.plain(key) if key else None, alert)
            await self.services.acks.wait_for_others()

    async def contact_url(self) -> str | None:
        """The responsible person's link: the city's, else the default (FR7)."""
        return await self.services.directory.contact_url(self.person or self.removed)

    async def reader(self) -> Reader:
        """Whom screens are made for."""
        return Reader(self.texts, self.zone, await self.contact_url())


Presses = Mapping[Action, Callable[..., Awaitable[None]]]
"""What a dialog does at its buttons: each function takes the context and the button's arguments, as texts."""
