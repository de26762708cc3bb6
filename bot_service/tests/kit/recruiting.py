"""The admin service's edge as recruiters meet it: their cards, and the message templates."""

from typing import Any, get_args
from uuid import uuid4

from interview_bot import clock
from shared_contracts.booking import AnyBookingRequest, BookingApproved, BookingRejected, Outcome, RescheduleAsked
from shared_contracts.card import CardAttention, CardCandidate, CardCommand, DecidedBy, RecruiterCard
from shared_contracts.directory import BookingStatus, BookingView
from shared_contracts.notification import NotificationKind
from shared_contracts.wording import Language, TemplateView

RECRUITER_ID = "d" * 23 + "1"
RITA = 2001
RECRUITERS_NAME = "Рита Рекрутер"
TEMPLATES = {
    NotificationKind.BOOKING_CANCELLED: "Нам пришлось отменить собеседование «{event}»: {date}, {time}.",
    NotificationKind.BOOKING_MOVED: "Собеседование перенесено: {date}, {time}, {place}.",
    NotificationKind.BOOKING_CHANGED: "Кое-что изменилось: {date}, {time}, {place}.",
    NotificationKind.BOOKING_APPROVED: (
        "🎉 <b>Поздравляем, {name}!</b>\n{date}, {time}, {minutes} минут\n{place}\n"
        'Рекрутер: <a href="{recruiter_link}">{recruiter}</a>\nВопросы: {contact_link}'
    ),
    NotificationKind.BOOKING_REJECTED: "К сожалению, рекрутер не смог подтвердить «{event}».",
    NotificationKind.BOOKING_EXPIRED: "Не успели подтвердить «{event}».",
    NotificationKind.RESCHEDULE_ASKED: "Рекрутер просит другое время вместо {date}, {time}.",
    NotificationKind.SLOT_OFFERED: "Освободилось место: {date}, {time}, {place}. Держим до {until}.",
}
EMPTY_LINES = "\n{name}\n{wanted}\nПричина: {reason}"

RecruitersRequest = BookingApproved | BookingRejected | RescheduleAsked


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

    def open_cards(self, telegram_id: int) -> list[RecruiterCard]:
        """Those that await this recruiter's answer."""
        return [card for (owner, _), card in self.cards.items() if owner == telegram_id and card.awaits_answer]

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
        update: dict[str, Any] = {"version": card.booking.version + 1}
        if isinstance(request, BookingApproved):
            outcome, update["status"] = Outcome.BOOKED, BookingStatus.BOOKED
        elif isinstance(request, BookingRejected):
            outcome, update["status"] = Outcome.REJECTED, BookingStatus.REJECTED
        else:
            outcome, update["reschedule_asked"] = Outcome.PENDING_APPROVAL, True
        card = card.model_copy(
            update={
                "booking": card.booking.model_copy(update=update),
                "revision": card.revision + 1,
                "decided_by": DecidedBy(kind="recruiter", name=RECRUITERS_NAME),
                "reason": request.reason if isinstance(request, BookingRejected) else None,
            }
        )
        self.cards[request.user_telegram_id, request.booking_id] = card
        return outcome, card.booking, card
