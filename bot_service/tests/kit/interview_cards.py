"""Rita's cards of Anna's interviews, and how they change in her chat."""

from typing import Any

from interview_bot.common import clock
from shared_contracts.attendance import Attendance
from shared_contracts.card import CardAttention, RecruiterCard
from shared_contracts.directory import BookingStatus
from shared_contracts.transport.topology import CARD_COMMAND
from tests.kit.desk import Desk
from tests.kit.recruiting import RITA
from tests.kit.telegram import Message, Person, eventually

MARKS = {
    "✅ Собеседование прошло": (BookingStatus.ATTENDED, "Собеседование состоялось"),
    "✅ Прошло с опозданием": (BookingStatus.LATE, "состоялось с опозданием"),
    "❌ Кандидата не было": (BookingStatus.NO_SHOW, "Кандидата не было"),
    "❌ Меня не было": (BookingStatus.RECRUITER_ABSENT, "Рекрутера не было"),
}


CHANGES = ["🔁 Перенести", "❌ Отменить"]
"""Under the card of an approved interview to come."""


def booked_card(desk: Desk, **changes: Any) -> RecruiterCard:
    """Anna's booking of the first slot, as Rita's card; it is over where it can be marked."""
    slot = desk.add_slot(1, hours=-2) if changes.get("may_mark") else desk.slots.get(f"{1:024x}") or desk.add_slot(1)
    return desk.recruiting.booked_card(RITA, desk.book(1001, slot), **changes)


async def shown(rita: Person, desk: Desk, card: RecruiterCard, text: str) -> Message:
    """The card in Rita's chat."""
    await desk.send(CARD_COMMAND.name, desk.recruiting.command(RITA, card, CardAttention.NEW))
    return await rita.sees(text)


async def asking(rita: Person, desk: Desk, **changes: Any) -> Message:
    """Rita's card of Anna, who asks for another time; two slots are free."""
    free = [desk.add_slot(number) for number in (3, 4)]
    asked = {"attendance": Attendance.RESCHEDULE_ASKED, "attendance_at": clock.now(), "free_slots": free}
    return await shown(rita, desk, booked_card(desk, **(asked | changes)), "Кандидат просит другое время")


async def reads(person: Person, message_id: int, text: str) -> Message:
    """Wait until a message reads so."""

    async def look() -> Message | None:
        return next((m for m in await person.messages() if m.id == message_id and text in m.text), None)

    return await eventually(look, f"{text!r} in the card")


async def reads_label(person: Person, message_id: int, label: str) -> Message:
    """Wait until a message has such a button."""

    async def look() -> Message | None:
        found = (m for m in await person.messages() if m.id == message_id)
        return next((m for m in found if any(label in item for item in m.labels)), None)

    return await eventually(look, f"the button {label!r}")
