"""News nobody asked for (``bot.notification.command``), and stale caches (``bot.cache.invalidate``)."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from shared_contracts.calendars import CalendarEntry, CalendarFile
from shared_contracts.directory import BookingView, NamedRef, SlotView, TimeZoneName
from shared_contracts.fields import Count, EntityId, LongText, Moment, Name, TelegramUserId, WireModel
from shared_contracts.transport.envelope import Message


class NotificationKind(StrEnum):
    """What a candidate is told without having asked."""

    BOOKING_MADE = "booking_made"
    BOOKING_CANCELLED = "booking_cancelled"
    BOOKING_MOVED = "booking_moved"
    BOOKING_CHANGED = "booking_changed"
    BOOKING_KEPT = "booking_kept"
    BOOKING_APPROVED = "booking_approved"
    BOOKING_REJECTED = "booking_rejected"
    BOOKING_EXPIRED = "booking_expired"
    TIME_REJECTED = "time_rejected"
    MOVE_APPROVED = "move_approved"
    MOVE_REJECTED = "move_rejected"
    MOVE_EXPIRED = "move_expired"
    RESCHEDULE_ASKED = "reschedule_asked"
    WANTED_CHANGED = "wanted_changed"
    SLOT_OFFERED = "slot_offered"
    SLOT_OFFER_CHANGED = "slot_offer_changed"
    SLOT_OFFER_ENDED = "slot_offer_ended"
    REMINDER_TODAY = "reminder_today"
    REMINDER_TOMORROW = "reminder_tomorrow"
    REMINDER_SOON = "reminder_soon"
    TIME_OFFERED = "time_offered"
    PROPOSAL_CHANGED = "proposal_changed"
    PROPOSAL_ENDED = "proposal_ended"
    NO_SHOW = "no_show"
    RECRUITER_ABSENT = "recruiter_absent"


OF_A_MOVE_GIVEN_UP = frozenset(
    {NotificationKind.BOOKING_KEPT, NotificationKind.MOVE_REJECTED, NotificationKind.MOVE_EXPIRED}
)
"""News that a move is not made; their ``slot_before`` is the slot that was asked for."""


class NotificationCommand(Message):
    """Tell a candidate about their booking. ``reason`` is what staff or the recruiter wrote for them.

    Attributes:
        asks_attendance: with the three buttons of R8.
        recheck: an automatic message: ask ``GET /api/auto-messages/{notification_id}`` right before sending, and send
            what that says.
        attempt: of an automatic message, counted from 1; its report repeats it.
        off_list: the candidate is off the allow list, so they are offered nothing new (FR2).
        silent: without a sound, for the candidate is in their quiet hours.
        not_after: later than this it must not be sent any more, and is reported ``too_late``.
        calendar_entry: for the candidate's calendar, whose file goes with it.
        slot_before: the booking's slot, or the one asked for, as it was before it was changed, as the candidate was
            told of it; of ``booking_kept`` and of a move that is not made the one that was asked for, and is not any
            more.
        booked_before: the booked slot as it was, where it has changed along with the one asked for, or proposed, that
            ``slot_before`` is of.
        timezone: the candidate's own, where it has just been put right; else the bot knows it.
        timezone_before: the one by which they were told of ``slot_before``, where it is another.
        calendar: that file from an admin service that still makes it; read until none of its messages is left.
    """

    notification_id: EntityId
    kind: NotificationKind
    user_telegram_id: TelegramUserId
    booking: BookingView
    reason: LongText | None = None
    candidate_name: Name = ""
    asks_attendance: bool = False
    recheck: bool = False
    attempt: Count = 0
    off_list: bool = False
    silent: bool = False
    not_after: Moment | None = None
    calendar: CalendarFile | None = None
    calendar_entry: CalendarEntry | None = None
    slot_before: SlotView | None = None
    booked_before: SlotView | None = None
    timezone: TimeZoneName | None = None
    timezone_before: TimeZoneName | None = None


class AutoMessage(WireModel):
    """Answer of ``GET /api/auto-messages/{id}``: an automatic message as it stands at this moment.

    ``due`` false: it must not be sent (any more); the booking was cancelled or moved, say. ``attempt`` is the one under
    way; a command of another attempt is not to be sent either. ``booking`` is null for messages about no single one.
    """

    id: EntityId
    due: bool
    attempt: Count
    booking: BookingView | None = None
    asks_attendance: bool = False


class WaitingEnded(Message):
    """Tell somebody that they wait for a seat no longer: none can come. Answered by ``NotificationDelivered``, once.

    ``city``: the one that is closed, null where sign-up for the whole event is over. ``off_list``: nothing is closed,
    but they were taken off the allow list, and wait again once they are back.
    """

    kind: Literal["waiting_ended"] = "waiting_ended"
    notification_id: EntityId
    user_telegram_id: TelegramUserId
    event: NamedRef
    city: Name | None = None
    off_list: bool = False


class SeatOfferLapsed(Message):
    """A seat is held for somebody no longer, since they did not answer in time: the messages that offer it say so now.

    Nothing new is sent for it, and nothing answers it. ``booking``: what is left of the offer.
    """

    kind: Literal["seat_offer_lapsed"] = "seat_offer_lapsed"
    user_telegram_id: TelegramUserId
    booking: BookingView


class StaffMessage(Message):
    """What staff write to somebody, as they typed it: plain text. Answered by ``NotificationDelivered``, once."""

    kind: Literal["staff_message"] = "staff_message"
    notification_id: EntityId
    user_telegram_id: TelegramUserId
    text: Annotated[LongText, Field(min_length=1)]


AnyNotification = NotificationCommand | WaitingEnded | SeatOfferLapsed | StaffMessage

notification_command: TypeAdapter[AnyNotification] = TypeAdapter(AnyNotification)
"""Reads a body of ``bot.notification.command``."""


class CacheName(StrEnum):
    """The bot's caches, as the admin service names them."""

    ALLOWED_USERS = "allowed_users"
    SLOTS = "slots"
    EVENTS = "events"
    CITIES = "cities"
    RECRUITERS = "recruiters"
    TEMPLATES = "templates"


MOST_CACHES = 20


class CacheInvalidate(Message):
    """Something in these caches changed: read it again (``bot.cache.invalidate``, R6)."""

    caches: Annotated[list[CacheName], Field(min_length=1, max_length=MOST_CACHES)]


cache_invalidate: TypeAdapter[CacheInvalidate] = TypeAdapter(CacheInvalidate)
"""Reads a body of ``bot.cache.invalidate``."""
