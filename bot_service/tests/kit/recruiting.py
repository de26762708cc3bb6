"""The admin service's edge as recruiters meet it: their cards, and the message templates."""

from datetime import timedelta
from typing import Any, get_args
from uuid import uuid4

from interview_bot.common import clock
from shared_contracts.attendance import Attendance
from shared_contracts.booking import (
    AnyBookingRequest,
    BookingApproved,
    BookingCancelledByRecruiter,
    BookingMovedByRecruiter,
    BookingRejected,
    Outcome,
    OutcomeMarked,
    RescheduleAsked,
    TimeOffered,
)
from shared_contracts.card import CardAttention, CardCandidate, CardCommand, CardOccasion, DecidedBy, RecruiterCard
from shared_contracts.directory import BookingStatus, BookingView
from shared_contracts.fields import Language
from shared_contracts.notification import NotificationKind
from shared_contracts.texts.message_templates import TemplateView

RECRUITER_ID = "d" * 23 + "1"
RITA = 2001
RECRUITERS_NAME = "Рита Рекрутер"
TEMPLATES = {
    NotificationKind.BOOKING_MADE: "Вас записали: {date}, {time}, {minutes} минут, {place}.",
    NotificationKind.BOOKING_CANCELLED: "Нам пришлось отменить собеседование «{event}»: {date}, {time}.",
    NotificationKind.BOOKING_MOVED: "Собеседование перенесено: {date}, {time}, {place}.",
    NotificationKind.BOOKING_CHANGED: "Кое-что изменилось: {date}, {time}, {place}.\nРекрутер ответит до {until}.",
    NotificationKind.BOOKING_KEPT: "Новых записей нет, эта остаётся: {date}, {time}.",
    NotificationKind.BOOKING_APPROVED: (
        "🎉 <b>Поздравляем, {name}!</b>\n{date}, {time}, {minutes} минут\n{place}\n"
        'Рекрутер: <a href="{recruiter_link}">{recruiter}</a>\nВопросы: {contact_link}'
    ),
    NotificationKind.BOOKING_REJECTED: "К сожалению, рекрутер не смог подтвердить «{event}».",
    NotificationKind.TIME_REJECTED: "В это время не получится: {date}, {time}.",
    NotificationKind.BOOKING_EXPIRED: "Не успели подтвердить «{event}».",
    NotificationKind.MOVE_APPROVED: "Перенос подтверждён: {date}, {time}, {place}.",
    NotificationKind.MOVE_REJECTED: "Перенести не получилось, в силе: {date}, {time}.\nВы просили: {wanted}",
    NotificationKind.WANTED_CHANGED: "Время переноса изменилось, в силе: {date}, {time}.",
    NotificationKind.MOVE_EXPIRED: "На перенос не ответили, в силе: {date}, {time}.\nВы просили: {wanted}",
    NotificationKind.RESCHEDULE_ASKED: "Рекрутер просит другое время вместо {date}, {time}.",
    NotificationKind.SLOT_OFFERED: "Освободилось место: {date}, {time}, {place}. Держим до {until}.",
    NotificationKind.REMINDER_TODAY: "Сегодня собеседование: {time}, {place}.",
    NotificationKind.REMINDER_TOMORROW: "Завтра собеседование: {date}, {time}, {place}.",
    NotificationKind.REMINDER_SOON: "Скоро увидимся: {time}, {place}.",
    NotificationKind.SLOT_OFFER_CHANGED: "Место изменилось: {date}, {time}, {place}. Держим до {until}.",
    NotificationKind.SLOT_OFFER_ENDED: "Места больше нет: {date}, {time}.",
    NotificationKind.TIME_OFFERED: "Рекрутер предлагает {wanted} вместо {date}, {time}.",
    NotificationKind.PROPOSAL_CHANGED: "Предложение изменилось: {wanted}, в силе: {date}, {time}.",
    NotificationKind.PROPOSAL_ENDED: "Предложенного времени больше нет, в силе: {date}, {time}.",
    NotificationKind.NO_SHOW: "Не получилось встретиться на «{event}».",
    NotificationKind.RECRUITER_ABSENT: "Просим прощения за «{event}».",
}
EMPTY_LINES = "\n{name}\n{wanted}\nПричина: {reason}"

RecruitersRequest = (
    BookingApproved
    | BookingRejected
    | RescheduleAsked
    | TimeOffered
    | OutcomeMarked
    | BookingMovedByRecruiter
    | BookingCancelledByRecruiter
)


def is_recruiters(request: AnyBookingRequest) -> bool:
    """Whether it was made from a card."""
    return isinstance(request, RecruitersRequest)


class Recruiting:
    """In memory; each test begins with an empty one but for the default templates."""

    def __init__(self) -> None:
        self.cards: dict[tuple[int, str], RecruiterCard] = {}
        self.templates = [
            TemplateView(kind=kind, language=language, city_id=None, version=1, text=text + EMPTY_LINES)
            for kind, text in TEMPLATES.items()
            for language in get_args(Language)
        ]

    def card(self, telegram_id: int, booking: BookingView, **changes: Any) -> RecruiterCard:
        """A pending request's card, open at that recruiter's."""
        pending = booking.model_copy(update={"status": BookingStatus.PENDING})
        values: dict[str, Any] = {
            "booking": pending,
            "revision": 1,
            "recruiter_id": RECRUITER_ID,
            "recruiter_name": RECRUITERS_NAME,
            "timezone": "Europe/Moscow",
            "candidate": CardCandidate(
                name="Анна <Смелая>",
                telegram_id=1001,
                username="anna_candidate",
                city="Москва",
                link="https://t.me/anna_candidate",
            ),
            "decided_by": DecidedBy(kind="candidate"),
        }
        card = RecruiterCard(**(values | changes))
        self.cards[telegram_id, card.booking.id] = card
        return card

    def command(self, telegram_id: int, card: RecruiterCard, attention: CardAttention) -> CardCommand:
        """The message that has the bot show a card."""
        return CardCommand(
            message_id=uuid4(),
            correlation_id="desk",
            occurred_at=clock.now(),
            recruiter_telegram_id=telegram_id,
            attention=attention,
            card=card,
        )

    def booked_card(self, telegram_id: int, booking: BookingView, **changes: Any) -> RecruiterCard:
        """A booking's card, open at that recruiter's; ``changes`` are those of the card, and of its booking."""
        fields = {name: changes.pop(name) for name in list(changes) if name in BookingView.model_fields}
        card = self.card(telegram_id, booking, **changes)
        booked = card.booking.model_copy(update={"status": BookingStatus.BOOKED} | fields)
        self.cards[telegram_id, booking.id] = card = card.model_copy(update={"booking": booked})
        return card

    def notice(self, telegram_id: int, card: RecruiterCard, occasion: CardOccasion) -> CardCommand:
        """An automatic message that shows the card."""
        update = {"occasion": occasion, "auto_message_id": uuid4().hex[:24]}
        return self.command(telegram_id, card, CardAttention.NOTICE).model_copy(update=update)

    def open_cards(self, telegram_id: int) -> list[RecruiterCard]:
        """Those that wait for this recruiter."""
        return [card for (owner, _), card in self.cards.items() if owner == telegram_id and _is_open(card)]

    def interviews(self, telegram_id: int) -> list[RecruiterCard]:
        """Those to come of this recruiter, by start."""
        own = [card for (owner, _), card in self.cards.items() if owner == telegram_id]
        return sorted(
            (card for card in own if card.booking.status is BookingStatus.BOOKED),
            key=lambda card: card.booking.slot.starts_at,
        )

    def carry_out(
        self, request: AnyBookingRequest, forced: Outcome | None
    ) -> tuple[Outcome, BookingView | None, RecruiterCard | None]:
        """A recruiter's decision, as the admin service takes it."""
        assert isinstance(request, RecruitersRequest)
        card = self.cards.get((request.user_telegram_id, request.booking_id))
        if forced is not None:
            return forced, None, card
        if card is None:
            return Outcome.NOT_ALLOWED, None, None
        if card.booking.version != request.expected_version:
            return Outcome.VERSION_CONFLICT, card.booking, card
        outcome, update, changes = _decided(request, card)
        card = card.model_copy(
            update={
                "booking": card.booking.model_copy(update={"version": card.booking.version + 1} | update),
                "revision": card.revision + 1,
                "decided_by": DecidedBy(kind="recruiter", name=RECRUITERS_NAME),
                "reason": getattr(request, "reason", None),
            }
            | changes
        )
        self.cards[request.user_telegram_id, request.booking_id] = card
        return outcome, card.booking, card


def _decided(request: RecruitersRequest, card: RecruiterCard) -> tuple[Outcome, dict[str, Any], dict[str, Any]]:
    """The outcome, what changes of the booking, what changes of the card."""
    if isinstance(request, BookingApproved):
        return Outcome.BOOKED, {"status": BookingStatus.BOOKED}, {}
    if isinstance(request, BookingRejected):
        return Outcome.REJECTED, {"status": BookingStatus.REJECTED}, {}
    if isinstance(request, TimeOffered):
        offered = next(slot for slot in card.free_slots if slot.id == request.slot_id)
        return Outcome.BOOKED, {"offered_slot": offered}, {}
    if isinstance(request, BookingMovedByRecruiter):
        moved = card.booking.slot.model_copy(update={"id": request.slot_id, "room": "новая"})
        return Outcome.MOVED, {"slot": moved}, {}
    if isinstance(request, BookingCancelledByRecruiter):
        return (
            Outcome.CANCELLED,
            {"status": BookingStatus.CANCELLED},
            {"slot_withdrawn": True if request.withdraws_slot else None},
        )
    if isinstance(request, OutcomeMarked):
        until = clock.now() + timedelta(days=1) if request.mark else None
        status = request.mark or BookingStatus.BOOKED
        return Outcome.BOOKED, {"status": status}, {"undo_until": until, "may_mark": request.mark is None}
    return Outcome.PENDING_APPROVAL, {"reschedule_asked": True}, {}


def _is_open(card: RecruiterCard) -> bool:
    asks = card.booking.attendance is Attendance.RESCHEDULE_ASKED
    return card.awaits_answer or card.may_mark or (asks and card.booking.status is BookingStatus.BOOKED)
