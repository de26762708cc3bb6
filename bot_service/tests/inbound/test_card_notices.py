"""Automatic messages to recruiters about one booking: its card, told once, and reported."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from interview_bot.common import clock
from interview_bot.common.database import Database
from interview_bot.inbound.card_notices import still_holds
from shared_contracts.attendance import Attendance
from shared_contracts.broadcast import CardDelivered, DeliveryStatus
from shared_contracts.card import CardAttention, CardCommand, CardOccasion, RecruiterCard
from shared_contracts.directory import BookingStatus
from shared_contracts.transport.topology import CARD_COMMAND
from tests.kit.desk import Desk
from tests.kit.inbox import handled
from tests.kit.interview_cards import booked_card, reads
from tests.kit.recruiting import RITA
from tests.kit.telegram import Person, Sandbox, eventually

DEPUTY = 2005
WORDS = {
    CardOccasion.BOOKED: ("Новая запись", "A new booking"),
    CardOccasion.MOVED: ("Запись перенесена", "A booking was moved"),
    CardOccasion.CHANGED: ("Запись изменилась", "A booking has changed"),
    CardOccasion.HANDED_OVER: ("Вам передали собеседование", "An interview was handed over to you"),
    CardOccasion.CANCELLED: ("Запись отменена, место освободилось", "A booking was cancelled"),
    CardOccasion.CANT_COME: ("Кандидат не сможет прийти, место освободилось", "The candidate can't come"),
    CardOccasion.RESCHEDULE_ASKED: ("Кандидат просит другое время", "The candidate asks for another time"),
    CardOccasion.DELAY: ("Кандидат опоздает", "The candidate will be late"),
    CardOccasion.OFFER_DECLINED: ("Предложенное время кандидату не подошло", "did not suit the candidate"),
    CardOccasion.NO_ANSWER: ("Кандидат пока не ответил, придёт ли", "has not said yet whether they are coming"),
    CardOccasion.OUTCOME_DUE: ("Как прошло собеседование?", "How did the interview go?"),
}


def noticed(desk: Desk, occasion: CardOccasion = CardOccasion.BOOKED, **changes: Any) -> CardCommand:
    """The automatic message about Anna's booking."""
    return desk.recruiting.notice(RITA, booked_card(desk, **changes), occasion)


def again(command: CardCommand, **changes: Any) -> CardCommand:
    """The same automatic message in another envelope, so that the inbox does not help."""
    return command.model_copy(update={"message_id": uuid4()} | changes)


async def ends(desk: Desk, command: CardCommand, count: int = 1) -> list[CardDelivered]:
    """Wait for that many reports of the automatic message."""

    async def look() -> list[CardDelivered] | None:
        sent = [event for event in desk.delivery_events if isinstance(event, CardDelivered)]
        found = [event for event in sent if event.auto_message_id == command.auto_message_id]
        return found if len(found) >= count else None

    return await eventually(look, "a report")


async def times_told(rita: Person, words: str) -> int:
    """How many messages say so."""
    return sum(words in message.text for message in await rita.messages())


def test_every_occasion_is_tried() -> None:
    """A new occasion needs words too."""
    assert set(WORDS) == set(CardOccasion)


@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize("occasion", list(CardOccasion))
async def test_each_occasion_leads_the_card_and_its_text_is_reported(
    rita: Person, sandbox: Sandbox, desk: Desk, occasion: CardOccasion, language: str
) -> None:
    """In both languages; the ledger gets the text as it was read."""
    if language == "en":
        await (await sandbox.person(RITA, "Rita", "en")).writes("/start")
        await rita.sees("No request is waiting")
    command = noticed(desk, occasion, may_mark=occasion is CardOccasion.OUTCOME_DUE)
    await desk.send(CARD_COMMAND.name, command)
    card = await rita.sees(WORDS[occasion][language == "en"])
    assert "Анна <Смелая>" in card.text
    assert WORDS[occasion][language == "en"] in card.text.partition("\n")[0]
    [report] = await ends(desk, command)
    assert (report.delivery.status, report.delivery.telegram_message_id) == (DeliveryStatus.SENT, card.id)
    assert (report.delivery.text or "").startswith(card.text.partition("Анна")[0])
    assert "https://t.me/anna_candidate" in (report.delivery.text or "")


@pytest.mark.parametrize("occasion", [CardOccasion.CHANGED, CardOccasion.MOVED])
async def test_what_an_edit_has_shown_already_is_still_said_by_the_notice(
    rita: Person, desk: Desk, occasion: CardOccasion
) -> None:
    """The card is edited at once and told when its reader is awake. Guards: ``ShownCard.told``, ``_SAYS_WHAT_WAS``."""
    await desk.send(CARD_COMMAND.name, noticed(desk))
    await rita.sees("Новая запись")
    changed = noticed(desk, occasion, revision=3)
    slot = changed.card.booking.slot.model_copy(update={"room": "каб. 9"})
    booking = changed.card.booking.model_copy(update={"slot": slot, "version": 2})
    card = changed.card.model_copy(update={"booking": booking})
    silent = desk.recruiting.command(RITA, card.model_copy(update={"revision": 2}), CardAttention.UPDATE)
    await desk.send(CARD_COMMAND.name, silent)
    await rita.sees("каб. 9")
    await desk.send(CARD_COMMAND.name, changed.model_copy(update={"card": card}))
    assert "📍 каб. 1 → каб. 9" in (await rita.sees(WORDS[occasion][0])).text


async def test_a_recruiter_who_was_told_nothing_before_reads_what_staff_have_changed(rita: Person, desk: Desk) -> None:
    """Who has joined only now, for one. Guard: ``edited`` in ``_changes``."""
    changed = noticed(desk, CardOccasion.CHANGED)
    before = changed.card.booking.slot.model_copy(update={"room": "каб. 9"})
    card = changed.card.model_copy(update={"slot_before": before})
    await desk.send(CARD_COMMAND.name, changed.model_copy(update={"card": card}))
    assert "📍 каб. 9 → каб. 1" in (await rita.sees("Запись изменилась")).text


async def test_a_ready_made_reason_is_in_its_readers_language(rita: Person, desk: Desk) -> None:
    """Also where the candidate, who got it in theirs, reads English. Guard: ``reason_in``."""
    reason = {"status": BookingStatus.CANCELLED, "reason": "The recruiter is away that day"}
    off = noticed(desk, CardOccasion.CANCELLED, **reason)
    await desk.send(CARD_COMMAND.name, off)
    assert "💬 В этот день рекрутера не будет" in (await rita.sees("Запись отменена")).text


@pytest.mark.parametrize("language", ["ru", "en"])
async def test_who_handed_an_interview_over_and_who_has_it_now_are_named(
    rita: Person, sandbox: Sandbox, desk: Desk, language: str
) -> None:
    """To the one who has it now, and to the one who had it: no line leads that one. Guard: ``_lead``."""
    if language == "en":
        await (await sandbox.person(RITA, "Rita", "en")).writes("/start")
        await rita.sees("No request is waiting")
    by, to = {"ru": ("Передаёт: Ольга", "теперь отвечает Павел"), "en": ("over by: Ольга", "over to Павел")}[language]
    command = noticed(desk, CardOccasion.HANDED_OVER, handed_over_by="Ольга")
    await desk.send(CARD_COMMAND.name, command)
    assert by in (await rita.sees(WORDS[CardOccasion.HANDED_OVER][language == "en"])).text
    gone = noticed(desk, CardOccasion.HANDED_OVER, handed_over_to="Павел", yours=False, revision=2)
    await desk.send(CARD_COMMAND.name, gone)
    card = await rita.sees(to)
    assert to in card.text.partition("\n")[0]
    assert card.buttons == []
    left = noticed(desk, CardOccasion.HANDED_OVER, left=True, yours=False, revision=3)
    await desk.send(CARD_COMMAND.name, left)
    words = {"ru": "Собеседование больше не у вас", "en": "This interview is no longer yours"}[language]
    assert words in (await rita.sees(words)).text


async def test_a_notice_comes_below_and_the_old_card_points_to_it(rita: Person, desk: Desk) -> None:
    """One card with buttons per booking: those of the notice work, the old one's do not."""
    await desk.show_card()
    old = await rita.sees("Ждёт вашего ответа")
    await desk.send(CARD_COMMAND.name, noticed(desk, CardOccasion.OUTCOME_DUE, may_mark=True, revision=2))
    notice = await rita.sees("Как прошло")
    assert notice.id != old.id
    assert (await reads(rita, old.id, "Карточка собеседования ниже")).buttons == []
    await rita.presses(notice, "Собеседование прошло")
    assert (await rita.sees("Собеседование состоялось")).id == notice.id


async def test_the_deputy_hears_of_it_as_well(rita: Person, sandbox: Sandbox, desk: Desk) -> None:
    """One automatic message, a copy for each who holds the card. Guard: the chat is part of what was sent."""
    deputy = await sandbox.person(DEPUTY, "Дина", "ru")
    await deputy.writes("/start")
    await deputy.sees("Этот бот")  # their chat with the bot is all that it takes
    command = noticed(desk)
    await desk.send(CARD_COMMAND.name, command)
    await rita.sees("Новая запись")
    await desk.send(CARD_COMMAND.name, again(command, recruiter_telegram_id=DEPUTY))
    await deputy.sees("Новая запись")


async def test_a_repeated_notice_is_read_once_and_reported_the_same(
    rita: Person, desk: Desk, bots_database: Database
) -> None:
    """I4. Guard: ``SendProgress.end_for``, by the automatic message's id, also when the card has changed since."""
    command = noticed(desk)
    await desk.send(CARD_COMMAND.name, command)
    await rita.sees("Новая запись")
    newer = command.card.model_copy(update={"revision": 5})
    await desk.send(CARD_COMMAND.name, again(command, card=newer))
    first, second = await ends(desk, command, 2)
    assert first.delivery == second.delivery
    assert first.message_id != second.message_id
    assert await times_told(rita, "Новая запись") == 1


async def test_two_notices_of_one_revision_are_two_messages(rita: Person, desk: Desk) -> None:
    """Time goes by without a change of the card. Guard: reports by the command, not by the card."""
    command = noticed(desk)
    await desk.send(CARD_COMMAND.name, command)
    await rita.sees("Новая запись")
    other = desk.recruiting.notice(RITA, command.card, CardOccasion.NO_ANSWER)
    await desk.send(CARD_COMMAND.name, other)
    await rita.sees("пока не ответил")
    for sent in (command, other):
        assert [report.delivery.status for report in await ends(desk, sent)] == [DeliveryStatus.SENT]


async def test_an_update_to_the_same_card_leaves_what_the_notice_says(
    rita: Person, desk: Desk, bots_database: Database
) -> None:
    """Guard: the note for updates in ``CardNotices._send``."""
    command = noticed(desk)
    await desk.send(CARD_COMMAND.name, command)
    card = await rita.sees("Новая запись")
    await desk.send(CARD_COMMAND.name, desk.recruiting.command(RITA, command.card, CardAttention.UPDATE))
    await handled(bots_database, CARD_COMMAND.name, count=2)
    assert (await rita.sees("Новая запись")).edits == card.edits


async def test_a_notice_that_a_newer_card_belies_is_not_sent(rita: Person, desk: Desk) -> None:
    """Guard: ``still_holds``. Cancelled while the notice was on its way: nobody reads of a new booking."""
    command = noticed(desk)
    cancelled = command.card.booking.model_copy(update={"status": BookingStatus.CANCELLED, "version": 2})
    newer = command.card.model_copy(update={"revision": 2, "booking": cancelled})
    await desk.send(CARD_COMMAND.name, desk.recruiting.command(RITA, newer, CardAttention.UPDATE))
    await rita.sees("Отменена")
    await desk.send(CARD_COMMAND.name, command)
    [report] = await ends(desk, command)
    assert report.delivery.status is DeliveryStatus.SUPPRESSED
    assert await times_told(rita, "Новая запись") == 0


async def test_a_notice_that_may_have_arrived_is_not_reported_as_suppressed(
    rita: Person, desk: Desk, bots_database: Database
) -> None:
    """A try without an end, and then a newer card: maybe it was seen. Guard: ``SendProgress.end_without_try``."""
    command = noticed(desk)
    mark = {"attempt": 0, "tries": 1, "uncertain": 0, "open": True, "text": "Новая запись", "at": clock.now()}
    await bots_database["automatic_messages"].insert_one({"_id": f"{command.auto_message_id}:{RITA}"} | mark)
    cancelled = command.card.booking.model_copy(update={"status": BookingStatus.CANCELLED, "version": 2})
    newer = command.card.model_copy(update={"revision": 2, "booking": cancelled})
    await desk.send(CARD_COMMAND.name, desk.recruiting.command(RITA, newer, CardAttention.UPDATE))
    await rita.sees("Отменена")
    await desk.send(CARD_COMMAND.name, command)
    [report] = await ends(desk, command)
    assert (report.delivery.status, report.delivery.uncertain_tries) == (DeliveryStatus.UNCERTAIN, 1)
    assert await times_told(rita, "Новая запись") == 0


async def test_a_notice_that_a_newer_card_bears_out_shows_that_card(rita: Person, desk: Desk) -> None:
    """An older card never comes back, but what has happened is told."""
    command = noticed(desk)
    confirmed = {"attendance": Attendance.CONFIRMED, "attendance_at": clock.now(), "version": 2}
    booking = command.card.booking.model_copy(update=confirmed)
    newer = command.card.model_copy(update={"revision": 2, "booking": booking})
    await desk.send(CARD_COMMAND.name, desk.recruiting.command(RITA, newer, CardAttention.UPDATE))
    await rita.sees("Кандидат придёт")
    await desk.send(CARD_COMMAND.name, command)
    assert "Кандидат придёт" in (await rita.sees("Новая запись")).text


@pytest.mark.parametrize("status", [BookingStatus.BOOKED, BookingStatus.UNMARKED])
async def test_who_is_asked_how_it_went_reads_what_the_candidate_had_said(
    rita: Person, desk: Desk, status: BookingStatus
) -> None:
    """Whether the job that closes bookings was there first or not."""
    command = noticed(desk, CardOccasion.OUTCOME_DUE, may_mark=True)
    said = {"attendance": Attendance.CONFIRMED, "attendance_at": clock.now(), "status": status}
    booking = command.card.booking.model_copy(update=said)
    card = command.card.model_copy(update={"booking": booking})
    await desk.send(CARD_COMMAND.name, command.model_copy(update={"card": card}))
    assert "Кандидат придёт" in (await rita.sees("Как прошло собеседование?")).text


def test_what_a_newer_card_overtakes(desk: Desk) -> None:
    """Status, time and holder of all; the answer where the notice is about it; the start where it asks to write."""
    desk.add_slot(1)
    command = noticed(desk, CardOccasion.NO_ANSWER)

    def holds(occasion: CardOccasion, card: RecruiterCard | None = None, **changes: Any) -> bool:
        card = card or command.card
        newest = card.model_copy(update={"booking": card.booking.model_copy(update=changes)})
        return still_holds(command.model_copy(update={"occasion": occasion}), newest)

    assert holds(CardOccasion.NO_ANSWER)
    assert not holds(CardOccasion.NO_ANSWER, attendance=Attendance.CONFIRMED)
    assert holds(CardOccasion.MOVED, attendance=Attendance.CONFIRMED)
    assert not holds(CardOccasion.MOVED, slot=desk.add_slot(2))
    assert not holds(CardOccasion.OUTCOME_DUE, status=BookingStatus.ATTENDED)
    assert holds(CardOccasion.OUTCOME_DUE, status=BookingStatus.UNMARKED)  # the clock alone does that
    assert not holds(CardOccasion.MOVED, status=BookingStatus.UNMARKED)
    assert not holds(CardOccasion.MOVED, command.card.model_copy(update={"yours": False}))
    said = {"attendance": Attendance.RESCHEDULE_ASKED, "attendance_at": clock.now()}
    asks = noticed(desk, CardOccasion.RESCHEDULE_ASKED, **said)
    assert still_holds(asks, asks.card)
    chosen = {"booking": asks.card.booking.model_copy(update={"requested_slot": desk.add_slot(3)})}
    assert not still_holds(asks, asks.card.model_copy(update=chosen)), "guard: ``is_superseded``"
    begun = desk.add_slot(1, starts_at=clock.now() - timedelta(minutes=1))
    late = noticed(desk, CardOccasion.NO_ANSWER, slot=begun)
    assert not still_holds(late, late.card)
    assert still_holds(late.model_copy(update={"occasion": CardOccasion.OUTCOME_DUE}), late.card)


async def test_a_recruiter_who_blocked_the_bot_is_reported_with_the_message(rita: Person, desk: Desk) -> None:
    """The ledger flags it."""
    await rita.blocks()
    command = noticed(desk)
    await desk.send(CARD_COMMAND.name, command)
    [report] = await ends(desk, command)
    assert report.delivery.status is DeliveryStatus.BLOCKED
    assert report.delivery.text is None


async def test_without_telegrams_answer_a_notice_is_sent_once_more_and_counted(
    rita: Person, desk: Desk, sandbox: Sandbox
) -> None:
    """At most one duplicate: guard ``UNCERTAIN_TRIES``."""
    await sandbox.fault("sendMessage", mode="drop_after_apply", times=2)
    command = noticed(desk)
    await desk.send(CARD_COMMAND.name, command)
    [report] = await ends(desk, command)
    assert (report.delivery.status, report.delivery.uncertain_tries) == (DeliveryStatus.UNCERTAIN, 2)
    assert await times_told(rita, "Новая запись") == 2
