"""R8: recruiters offer another time to who asks for one, from the card."""

from datetime import timedelta

import pytest

from interview_bot.common import clock
from interview_bot.dialogs.requests import shown_slot
from interview_bot.views.recruiter.card_screens import card_screen
from interview_bot.views.texts import texts_for
from shared_contracts.attendance import Attendance
from shared_contracts.booking import (
    Outcome,
    TimeOffered,
)
from shared_contracts.card import CardAttention
from shared_contracts.transport.topology import CARD_COMMAND
from tests.kit.desk import Desk
from tests.kit.interview_cards import CHANGES, asking, booked_card, shown
from tests.kit.recruiting import RITA
from tests.kit.telegram import Person, eventually


async def test_a_free_time_is_offered_with_one_press(rita: Person, desk: Desk) -> None:
    """R8: each free slot is a button; the card then says what was offered and offers the rest."""
    card = await asking(rita, desk)
    assert [label.partition(" ")[0] for label in card.labels[:2]] == ["Предложить:", "Предложить:"]
    assert card.labels[2:] == CHANGES
    assert "каб. 3" in card.labels[0]
    desk.answering.clear()
    await rita.presses(card, "каб. 3")
    waiting = await rita.sees("Предлагаем кандидату это время…")
    assert (waiting.id, waiting.buttons) == (card.id, [])
    desk.answering.set()
    offered = await rita.sees("Предложено:")
    assert "Ждём ответа кандидата" in offered.text
    assert (offered.id, offered.labels[1:]) == (card.id, CHANGES)
    assert "каб. 4" in offered.labels[0]
    [request] = desk.requests
    assert isinstance(request, TimeOffered)
    assert (request.slot_id, request.expected_version, request.user_telegram_id) == (f"{3:024x}", 1, RITA)
    assert request.shown == shown_slot(desk.slots[f"{3:024x}"])


async def test_two_presses_on_two_times_are_one_request(rita: Person, desk: Desk) -> None:
    """Guards: the request's id follows from the card as shown; the closed message."""
    card = await asking(rita, desk)
    desk.answering.clear()
    for button in ("каб. 3", "каб. 4", "каб. 3"):
        await rita.answer_to(await rita.presses(card, button))
    desk.answering.set()
    await rita.sees("Предложено:")
    assert len(desk.requests) == 1


@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        (Outcome.TOO_LATE, "собеседование началось"),
        (Outcome.SLOT_FULL, "уже заняли"),
        (Outcome.SLOT_CLOSED, "Запись на это время закрыта"),
        (Outcome.SLOT_NOT_FOUND, "изменили или убрали"),
        (Outcome.WRONG_PLACE, "изменили или убрали"),
        (Outcome.VERSION_CONFLICT, "тем временем изменилась"),
        (Outcome.BOOKING_NOT_FOUND, "тем временем изменилась"),
    ],
)
async def test_a_time_that_can_not_be_offered_says_why_and_leaves_the_others(
    rita: Person, desk: Desk, outcome: Outcome, words: str
) -> None:
    """R2. The next press is a new request: guard ``turn``."""
    card = await asking(rita, desk)
    desk.outcome = outcome
    await rita.presses(card, "каб. 3")
    refused = await rita.sees(words)
    desk.outcome = None
    await rita.presses(refused, "каб. 4")
    await rita.sees("Предложено:")
    assert len(desk.requests) == 2


@pytest.mark.parametrize("press", ["2:0:0", "1:7:0", "1:0:2", "1:0:5"])
async def test_a_time_of_another_card_is_stale(rita: Person, desk: Desk, press: str) -> None:
    """Guard: revision, turn and number in ``cards.propose_time``."""
    card = await asking(rita, desk)
    data = card.data("каб. 3").rsplit(":", 3)[0]
    answer = await rita.answer_to(await rita.sends_data(card, f"{data}:{press}"))
    assert "устарела" in answer["text"]
    assert desk.requests == []


async def test_a_press_on_a_time_of_an_older_card_never_offers_another(rita: Person, desk: Desk) -> None:
    """Guard: the revision: the same number is another slot by now."""
    card = await asking(rita, desk)
    old = card.data("каб. 3")
    newer = desk.recruiting.cards[RITA, f"b{1:023x}"].model_copy(
        update={"revision": 2, "free_slots": [desk.slots[f"{4:024x}"]]}
    )
    await desk.send(CARD_COMMAND.name, desk.recruiting.command(RITA, newer, CardAttention.UPDATE))

    async def updated() -> bool:
        return len((await rita.messages())[-1].labels) == 1 + len(CHANGES)

    await eventually(updated, "the update")
    answer = await rita.answer_to(await rita.sends_data(card, old))
    assert "устарела" in answer["text"]
    assert desk.requests == []


async def test_a_time_that_closed_meanwhile_is_not_offered(rita: Person, desk: Desk) -> None:
    """FR9. Guard: ``proposable_slot``, for the button and at the press."""
    closed = desk.add_slot(3, closes_at=clock.now() - timedelta(minutes=1))
    asked = {"attendance": Attendance.RESCHEDULE_ASKED, "attendance_at": clock.now()}
    card = await shown(rita, desk, booked_card(desk, free_slots=[closed, desk.add_slot(4)], **asked), "другое время")
    assert card.labels[1:] == CHANGES
    forged = card.data("каб. 4")[:-1] + "0"
    assert "устарела" in (await rita.answer_to(await rita.sends_data(card, forged)))["text"]
    assert desk.requests == []


def test_who_asks_for_another_time_is_offered_one_or_written_to(desk: Desk) -> None:
    """The card says what to do next, as long as nothing was offered."""
    free = desk.add_slot(1)
    asks = {"attendance": Attendance.RESCHEDULE_ASKED, "attendance_at": clock.now()}
    with_slots, without = booked_card(desk, free_slots=[free], **asks), booked_card(desk, **asks)
    offered = booked_card(desk, offered_slot=free, **asks)
    hints = ("Предложите свободное время кнопкой ниже", "Свободного времени у вас сейчас нет", "Предложено:")
    for card, hint in zip((with_slots, without, offered), hints, strict=True):
        text = card_screen(card, texts_for("ru"), 0).text
        assert [known for known in hints if known in text] == [hint]
