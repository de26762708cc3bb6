"""One example of every message; the golden files are these, as they cross the wire."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from shared_contracts.attendance import Attendance, AttendanceAnswered, DelayAnnounced
from shared_contracts.booking import (
    BookingApproved,
    BookingCancelled,
    BookingCancelledByRecruiter,
    BookingCreated,
    BookingMovedByRecruiter,
    BookingRejected,
    BookingRescheduled,
    BookingResult,
    MoveWithdrawn,
    OfferPassed,
    OfferTaken,
    Outcome,
    OutcomeMarked,
    RescheduleAsked,
    TimeAnswered,
    TimeOffered,
)
from shared_contracts.broadcast import (
    BroadcastCommand,
    BroadcastDelivered,
    BroadcastState,
    CardDelivered,
    ChatTopic,
    ChatTrouble,
    Delivery,
    DeliveryStatus,
    DigestDelivered,
    NotificationDelivered,
)
from shared_contracts.calendars import CalendarEntry
from shared_contracts.card import (
    CardAnswer,
    CardAttention,
    CardCandidate,
    CardCommand,
    CardOccasion,
    DecidedBy,
    RecruiterCard,
)
from shared_contracts.dialog import (
    CalendarWanted,
    ChatStarted,
    ChatStopped,
    DialogOutcome,
    DialogResult,
    GroupChanged,
    InvitationClaimed,
    LanguageChosen,
    PrivacyAccepted,
    QuestionnaireAnswered,
    Role,
    UsernameClaimed,
    WaitingListJoined,
    WaitingListLeft,
)
from shared_contracts.digest import DaySummary, DigestCommand, DigestEntry, DigestKind, SummaryLine
from shared_contracts.directory import BookingStatus, BookingView, CityRef, NamedRef, SlotView
from shared_contracts.fields import Bilingual
from shared_contracts.notification import (
    CacheInvalidate,
    CacheName,
    NotificationCommand,
    NotificationKind,
    SeatOfferLapsed,
    StaffMessage,
    WaitingEnded,
)
from shared_contracts.questionnaire import Answer
from shared_contracts.requests import BriefPayload, ReplyTo, ShownSlot
from shared_contracts.transport.envelope import Message
from shared_contracts.venue import VenueView

MOMENT = datetime(2026, 11, 24, 9, 30, 0, 250_000, tzinfo=UTC)
START = datetime(2026, 11, 26, 11, 0, tzinfo=UTC)
SLOT_ID, EVENT_ID, BOOKING_ID = (
    "65a000000000000000000001",
    "65a000000000000000000002",
    "65a000000000000000000003",
)
CITY_ID, RECRUITER_ID = "65a000000000000000000004", "65a000000000000000000005"
ENVELOPE: dict[str, Any] = {
    "message_id": UUID("0f8fad5b-d9cb-469f-a165-70867728950e"),
    "correlation_id": "a3f1c2",
    "occurred_at": MOMENT,
}
REQUEST: dict[str, Any] = {
    **ENVELOPE,
    "timestamp": MOMENT,
    "user_telegram_id": 1001,
    "reply": ReplyTo(chat_id=1001, message_id=77),
}
SHOWN = ShownSlot(id=SLOT_ID, starts_at=START, city_id=CITY_ID, recruiter_id=RECRUITER_ID)
SLOT = SlotView(
    id=SLOT_ID,
    starts_at=START,
    closes_at=datetime(2026, 11, 26, 9, 0, tzinfo=UTC),
    duration_minutes=20,
    free=2,
    location="Офис на Тверской",
    room="3.14",
    city=CityRef(id=CITY_ID, name="Москва", timezone="Europe/Moscow"),
    recruiter=NamedRef(id=RECRUITER_ID, name="Ольга Смирнова"),
    event=NamedRef(id=EVENT_ID, name="Собеседование аналитиков"),
)
BOOKING = BookingView(
    id=BOOKING_ID, version=2, status=BookingStatus.BOOKED, slot=SLOT, contact_url="https://t.me/anna_moscow"
)
CALENDAR_ENTRY = CalendarEntry(
    uid=f"{BOOKING_ID}@slotdesk",
    sequence=2,
    method="PUBLISH",
    starts_at=START,
    ends_at=datetime(2026, 11, 26, 11, 20, tzinfo=UTC),
    summary="Собеседование аналитиков; офис, не онлайн",
    place="Офис на Тверской, 7, Переговорная 5, Москва",
    description="Ольга Смирнова: https://t.me/olga_hr\nhttps://t.me/anna_moscow",
    stamp=MOMENT,
)
ANSWERED = BOOKING.model_copy(
    update={"attendance": Attendance.RESCHEDULE_ASKED, "attendance_at": MOMENT, "offered_slot": SLOT}
)
CARD = RecruiterCard(
    booking=BOOKING.model_copy(update={"status": BookingStatus.PENDING, "expires_at": MOMENT}),
    revision=3,
    recruiter_id=RECRUITER_ID,
    recruiter_name="Ольга Смирнова",
    timezone="Europe/Moscow",
    candidate=CardCandidate(
        name="Мария Петрова", telegram_id=1001, username="maria_p", city="Москва", link="https://t.me/maria_p"
    ),
    answers=[CardAnswer(question=Bilingual(ru="Опыт?", en="Experience?"), answer=Bilingual(ru="Есть", en="Some"))],
    decided_by=DecidedBy(kind="candidate"),
)
DIALOG: dict[str, Any] = {**ENVELOPE, "user_telegram_id": 1001, "reply": ReplyTo(chat_id=1001, message_id=78)}
PAYLOAD = BriefPayload(
    old_date="2026-11-25",
    old_time="12:00",
    new_date="2026-11-26",
    new_time="14:00",
    location="Офис на Тверской",
)

EXAMPLES: list[Message] = [
    BookingCreated(**REQUEST, payload=PAYLOAD, event_id=EVENT_ID, slot=SHOWN),
    BookingRescheduled(**REQUEST, payload=PAYLOAD, booking_id=BOOKING_ID, expected_version=1, slot=SHOWN),
    BookingCancelled(**REQUEST, booking_id=BOOKING_ID, expected_version=2),
    BookingApproved(**REQUEST, booking_id=BOOKING_ID, expected_version=1),
    BookingRejected(**REQUEST, booking_id=BOOKING_ID, expected_version=1, reason="Позиция закрыта"),
    RescheduleAsked(**REQUEST, booking_id=BOOKING_ID, expected_version=1),
    OfferTaken(**REQUEST, booking_id=BOOKING_ID, expected_version=1),
    OfferPassed(**REQUEST, booking_id=BOOKING_ID, expected_version=1),
    MoveWithdrawn(**REQUEST, booking_id=BOOKING_ID, expected_version=2),
    BookingResult(
        **ENVELOPE,
        request_id=UUID("7c9e6679-7425-40de-944b-e07fc1f90ae7"),
        event_type="booking.rescheduled",
        outcome=Outcome.MOVED,
        decided_at=MOMENT,
        user_telegram_id=1001,
        reply=ReplyTo(chat_id=1001, message_id=77),
        booking=BOOKING,
        alternatives=[SLOT],
        withdrawn=True,
        card=CARD,
        calendar_entry=CALENDAR_ENTRY,
    ),
    AttendanceAnswered(**REQUEST, booking_id=BOOKING_ID, starts_at=START, answer=Attendance.CONFIRMED),
    DelayAnnounced(**REQUEST, booking_id=BOOKING_ID, starts_at=START, minutes=10),
    TimeOffered(**REQUEST, booking_id=BOOKING_ID, expected_version=2, slot_id=SLOT_ID, shown=SHOWN),
    BookingMovedByRecruiter(**REQUEST, booking_id=BOOKING_ID, expected_version=2, slot_id=SLOT_ID, shown=SHOWN),
    BookingCancelledByRecruiter(
        **REQUEST, booking_id=BOOKING_ID, expected_version=2, reason="Заболел рекрутер", withdraws_slot=True
    ),
    TimeAnswered(
        **REQUEST,
        booking_id=BOOKING_ID,
        slot_id=SLOT_ID,
        take=True,
        shown=SHOWN,
    ),
    OutcomeMarked(**REQUEST, booking_id=BOOKING_ID, expected_version=2, mark=BookingStatus.NO_SHOW),
    CardCommand(
        **ENVELOPE,
        recruiter_telegram_id=2001,
        attention=CardAttention.NOTICE,
        card=CARD.model_copy(
            update={"booking": ANSWERED, "free_slots": [SLOT], "may_mark": True, "undo_until": MOMENT}
        ),
        occasion=CardOccasion.RESCHEDULE_ASKED,
        auto_message_id=EVENT_ID,
    ),
    DigestCommand(
        **ENVELOPE,
        digest_id=EVENT_ID,
        kind=DigestKind.TOMORROW,
        attempt=1,
        chat_id=2001,
        day="2026-11-26",
        timezone="Europe/Moscow",
        not_after=MOMENT,
        entries=[
            DigestEntry(
                starts_at=START,
                candidate="Мария Петрова",
                link="https://t.me/maria_p",
                event="Собеседование аналитиков",
                place="Офис на Тверской, 3.14",
                venue=VenueView(location="Офис на Тверской", room="3.14"),
                attendance=Attendance.CONFIRMED,
                timezone="Europe/Kaliningrad",
            )
        ],
        more=1,
        summary=DaySummary(
            attended=5,
            tomorrow=[SummaryLine(event="Собеседование аналитиков", city="Москва", interviews=4, confirmed=3)],
        ),
    ),
    DigestDelivered(
        **ENVELOPE,
        digest_id=EVENT_ID,
        delivery=Delivery(chat_id=2001, status=DeliveryStatus.TOO_LATE),
        attempt=1,
    ),
    CardDelivered(
        **ENVELOPE,
        booking_id=BOOKING_ID,
        recruiter_telegram_id=2001,
        delivery=Delivery(chat_id=2001, status=DeliveryStatus.SENT, telegram_message_id=9, text="Завтра"),
        auto_message_id=EVENT_ID,
    ),
    BroadcastCommand(
        **ENVELOPE,
        broadcast_id=BOOKING_ID,
        event_id=EVENT_ID,
        message_text="Приходите",
        chat_ids=[-1001000000001],
        topics=[ChatTopic(chat_id=-1001000000001, thread_id=12)],
        texts={"ru": "Приходите", "en": "Come along"},
        state=BroadcastState.PAUSED,
        revision=2,
        language="en",
    ),
    BroadcastDelivered(
        **ENVELOPE,
        broadcast_id=BOOKING_ID,
        deliveries=[
            Delivery(chat_id=-1001000000001, status=DeliveryStatus.SENT, telegram_message_id=5),
            Delivery(chat_id=1002, status=DeliveryStatus.BLOCKED, error="Forbidden: bot was blocked by the user"),
            Delivery(
                chat_id=-1001000000002,
                status=DeliveryStatus.FAILED,
                error="TOPIC_CLOSED",
                moved_from=-42,
                thread_id=12,
                trouble=ChatTrouble.TOPIC_CLOSED,
            ),
        ],
        finished=True,
        pressed=[1003],
    ),
    NotificationDelivered(
        **ENVELOPE,
        notification_id=BOOKING_ID,
        user_telegram_id=1001,
        delivery=Delivery(chat_id=1001, status=DeliveryStatus.UNCERTAIN, uncertain_tries=2),
        attempt=1,
    ),
    NotificationCommand(
        **ENVELOPE,
        notification_id=BOOKING_ID,
        kind=NotificationKind.BOOKING_MOVED,
        user_telegram_id=1001,
        booking=BOOKING,
        reason="Переговорная занята",
        candidate_name="Мария",
        asks_attendance=True,
        recheck=True,
        attempt=1,
        not_after=START,
        calendar_entry=CALENDAR_ENTRY,
    ),
    WaitingEnded(
        **ENVELOPE,
        notification_id=BOOKING_ID,
        user_telegram_id=1001,
        event=NamedRef(id=EVENT_ID, name="Стажировка"),
        city="Самара",
    ),
    SeatOfferLapsed(**ENVELOPE, user_telegram_id=1001, booking=BOOKING),
    StaffMessage(
        **ENVELOPE,
        notification_id=BOOKING_ID,
        user_telegram_id=1001,
        text="Возьмите паспорт, пожалуйста",
    ),
    CacheInvalidate(**ENVELOPE, caches=[CacheName.SLOTS, CacheName.CITIES]),
    ChatStarted(**ENVELOPE, user_telegram_id=1001, username="maria_p", first_name="Мария", language_code="ru"),
    ChatStopped(**ENVELOPE, user_telegram_id=1001),
    LanguageChosen(**ENVELOPE, user_telegram_id=1001, language="en"),
    GroupChanged(**ENVELOPE, chat_id=-1001000000002, moved_from=-42, trouble=ChatTrouble.TOPIC_CLOSED, thread_id=12),
    InvitationClaimed(**DIALOG, token="Zx8-hG_2kLq9TtVb", username="maria_p", first_name="Мария", language_code="ru"),
    UsernameClaimed(**DIALOG, username="maria_p", first_name="Мария", language_code="ru"),
    QuestionnaireAnswered(
        **DIALOG,
        event_id=EVENT_ID,
        questionnaire_id=SLOT_ID,
        version=4,
        answers=[Answer(key="experience", value="other", clarification="Вела кружок")],
    ),
    WaitingListJoined(**DIALOG, event_id=EVENT_ID, city_id=CITY_ID),
    WaitingListLeft(**DIALOG, event_id=EVENT_ID),
    PrivacyAccepted(**DIALOG, version=2, event_id=EVENT_ID),
    CalendarWanted(**DIALOG),
    DialogResult(
        **ENVELOPE,
        request_id=UUID("7c9e6679-7425-40de-944b-e07fc1f90ae7"),
        action="invitation_claimed",
        outcome=DialogOutcome.ACCEPTED,
        decided_at=MOMENT,
        user_telegram_id=1001,
        reply=ReplyTo(chat_id=1001, message_id=78),
        role=Role.CANDIDATE,
        name="Мария",
    ),
]
