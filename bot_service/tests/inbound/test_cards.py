"""R3, R4: recruiters' cards, as the admin service has them shown."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from interview_bot.common import clock
from interview_bot.common.database import Database
from interview_bot.views.recruiter.card_screens import card_screen
from interview_bot.views.texts import texts_for
from shared_contracts.booking import BookingApproved, BookingRejected, Outcome, RescheduleAsked
from shared_contracts.broadcast import CardDelivered, DeliveryStatus
from shared_contracts.card import CardAttention, DecidedBy
from shared_contracts.directory import BookingStatus, Rejection
from shared_contracts.notification import NotificationKind
from shared_contracts.transport.topology import BOOKING_RESULT, CARD_COMMAND, NOTIFICATION_COMMAND
from tests.inbound.test_notifications import notice
from tests.kit.desk import Desk
from tests.kit.inbox import handled
from tests.kit.line import Line
from tests.kit.recruiting import RITA
from tests.kit.telegram import Person, Sandbox, eventually

pytestmark = pytest.mark.usefixtures("chats_take_all_at_once")


async def reports(desk: Desk, count: int = 1) -> list[CardDelivered]:
    """Wait for that many reports."""

    async def look() -> list[CardDelivered] | None:
        found = [event for event in desk.delivery_events if isinstance(event, CardDelivered)]
        return found if len(found) >= count else None

    return await eventually(look, "a report")


async def requested(desk: Desk) -> Any:
    """Wait for a request."""

    async def look() -> bool:
        return bool(desk.requests)

    await eventually(look, "a request")
    return desk.requests[-1]


async def test_a_new_request_comes_as_a_card_and_is_reported(rita: Person, desk: Desk) -> None:
    """R3: candidate, city, time in the recruiter's zone, three buttons. Guard: what people typed is escaped."""
    await desk.show_card()
    card = await rita.sees("Ждёт вашего ответа")
    assert "Анна <Смелая> (@anna_candidate)" in card.text
    assert " · Москва" in card.text
    assert "каб. 1" in card.text
    assert card.labels == ["✅ Подтвердить", "🔁 Перенести", "❌ Отклонить"]
    [report] = await reports(desk)
    assert (report.delivery.status, report.delivery.telegram_message_id) == (DeliveryStatus.SENT, card.id)


async def test_what_comes_in_somebodys_night_makes_no_sound(
    rita: Person, anna: Person, desk: Desk, sandbox: Sandbox
) -> None:
    """A request and a notice. Guard: ``silent`` in ``send``."""
    card = desk.recruiting.card(RITA, desk.book(1001, desk.slots[f"{1:024x}"]))
    command = desk.recruiting.command(RITA, card, CardAttention.NEW)
    await desk.send(CARD_COMMAND.name, command.model_copy(update={"silent": True}))
    await rita.sees("Ждёт вашего ответа")
    until = clock.now() + timedelta(hours=5, minutes=30)
    booking = card.booking.model_copy(update={"expires_at": until})
    again = card.model_copy(update={"revision": 2, "booking": booking})
    await desk.send(CARD_COMMAND.name, desk.recruiting.command(RITA, again, CardAttention.REMINDER))
    await rita.sees("Осталось")
    await anna.writes("/start")
    await anna.sees("Здравствуйте")
    told = notice(desk, NotificationKind.BOOKING_CANCELLED, silent=True)
    await desk.send(NOTIFICATION_COMMAND.name, told)
    await anna.sees("Рекрутер <болен>")
    sounds = [
        [call["params"].get("disable_notification") for call in await sandbox.calls("sendMessage", person.id)][-2:]
        for person in (rita, anna)
    ]
    assert sounds == [["true", None], [None, "true"]]


async def test_approving_is_a_request_and_its_result_is_the_card(rita: Person, desk: Desk) -> None:
    """R3. The card waits without buttons, then says who decided."""
    sent = await desk.show_card()
    desk.answering.clear()
    card = await rita.sees("Ждёт вашего ответа")
    await rita.presses(card, "Подтвердить")
    waiting = await rita.sees("⏳ Подтверждаем…")
    assert (waiting.id, waiting.buttons) == (card.id, [])
    assert "Анна" in waiting.text
    desk.answering.set()
    approved = await rita.sees("✅ Подтверждена")
    assert "Решение: Рита Рекрутер" in approved.text
    assert (approved.id, approved.labels) == (card.id, ["🔁 Перенести", "❌ Отменить"])
    [request] = desk.requests
    assert isinstance(request, BookingApproved)
    assert (request.booking_id, request.expected_version) == (sent.booking.id, 1)
    assert request.user_telegram_id == RITA


def test_a_username_that_is_the_name_is_said_once(desk: Desk) -> None:
    """Of somebody whose name in Telegram is of letters nobody sees. Guard: ``username_beside``."""
    card = desk.recruiting.card(RITA, desk.book(1001, desk.add_slot(1)))
    for name, beside in (("@ann", ""), ("Ann", ""), ("Анна", " (@ann)")):
        called = card.candidate.model_copy(update={"name": name, "username": "ann"})
        text = card_screen(card.model_copy(update={"candidate": called}), texts_for("ru"), 0).text
        assert f"{name}</a>{beside} · Москва" in text


async def test_pressed_twice_or_with_another_button_it_is_one_request(rita: Person, desk: Desk) -> None:
    """Guards: the request's id follows from the card as shown; the closed message."""
    await desk.show_card()
    card = await rita.sees("Ждёт вашего ответа")
    desk.answering.clear()
    queries = [await rita.presses(card, "Подтвердить") for _ in range(2)]
    queries.append(await rita.presses(card, "Перенести"))
    for query in queries:
        await rita.answer_to(query)
    desk.answering.set()
    await rita.sees("✅ Подтверждена")
    late = await rita.answer_to(await rita.sends_data(card, card.data("Отклонить")))
    assert "устарела" in late["text"]
    assert len(desk.requests) == 1


async def test_rejecting_asks_for_a_reason_first(rita: Person, desk: Desk) -> None:
    """R3: in place; what is typed next is the reason, shown as it was typed."""
    await desk.show_card()
    card = await rita.sees("Ждёт вашего ответа")
    await rita.presses(card, "Отклонить")
    what = await rita.sees("Что не подходит?")
    assert (what.id, what.labels) == (card.id, ["🕐 Это время", "👤 Этот кандидат", "← Назад"])
    await rita.presses(what, "Этот кандидат")
    question = await rita.sees("Напишите причину отказа")
    assert (question.id, question.labels[-2:], len(question.labels)) == (card.id, ["Без причины", "← Назад"], 5)
    assert desk.requests == []
    await rita.writes("Нужен опыт <от года>")
    rejected = await rita.sees("❌ Отклонена")
    assert "💬 Нужен опыт <от года>" in rejected.text
    [request] = desk.requests
    assert isinstance(request, BookingRejected)
    assert (request.reason, request.rejection) == ("Нужен опыт <от года>", Rejection.PERSON)


async def test_a_ready_made_reason_is_one_press_and_in_the_candidates_language(
    sandbox: Sandbox, rita: Person, desk: Desk
) -> None:
    """Guard: ``reject_for`` takes the text in the candidate's language, not the recruiter's."""
    desk.allow(1001, "Anna")
    candidate = await sandbox.person(1001, "Anna", "en")
    await candidate.writes("/start")
    await candidate.sees("/contact")
    await desk.show_card()
    await rita.presses(await rita.sees("Ждёт вашего ответа"), "Отклонить")
    await rita.presses(await rita.sees("Что не подходит?"), "Это время")
    await rita.presses(await rita.sees("Напишите причину"), "В этот день рекрутера не будет")
    await rita.sees("❌ Отклонена")
    request = await requested(desk)
    assert isinstance(request, BookingRejected)
    assert (request.reason, request.rejection) == ("The recruiter is away that day", Rejection.TIME)


async def test_a_move_is_rejected_for_its_time_without_asking(rita: Person, desk: Desk) -> None:
    """Guard: ``ask_what_to_reject`` knows that the booking stands."""
    booking = desk.book(1001, desk.slots[f"{1:024x}"]).model_copy(update={"requested_slot": desk.slots[f"{2:024x}"]})
    card = desk.recruiting.card(RITA, booking)
    await desk.send(CARD_COMMAND.name, desk.recruiting.command(RITA, card, CardAttention.NEW))
    await rita.presses(await rita.sees("🔁 Просит: "), "Отклонить")
    await rita.sees("Напишите причину")


async def test_rejecting_without_a_reason_and_thinking_better_of_it(rita: Person, desk: Desk) -> None:
    """The two buttons of the question."""
    await desk.show_card()
    await rita.presses(await rita.sees("Ждёт вашего ответа"), "Отклонить")
    await rita.presses(await rita.sees("Что не подходит?"), "Это время")
    await rita.presses(await rita.sees("Напишите причину"), "Назад")
    await rita.presses(await rita.sees("Что не подходит?"), "Назад")
    await eventually(lambda: gone(rita, "Что не подходит?"), "back at the card")
    again = await rita.sees("Ждёт вашего ответа")
    await rita.writes("Просто мысли вслух")
    await rita.sees("Я бот и на вопросы не отвечаю")
    assert desk.requests == []
    await rita.presses(again, "Отклонить")
    await rita.sends_data(again, again.data("Отклонить").replace(":cj:", ":cn:"))
    await eventually(lambda: state(rita, again.id, "❌ Отклонена"), "rejected")
    assert (await requested(desk)).reason is None


async def state(person: Person, message_id: int, text: str) -> bool:
    """Whether a message reads so by now."""
    return any(m.id == message_id and text in m.text for m in await person.messages())


@pytest.mark.parametrize("turns_to", ["a late reason", "a changed card"])
async def test_what_is_typed_after_turning_to_something_else_is_no_reason(
    rita: Person, desk: Desk, turns_to: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Guards: ``forget_reason``, the reason's time limit, and the card's version at the time of the reason."""
    if turns_to == "a late reason":
        monkeypatch.setattr("interview_bot.dialogs.recruiter.cards.REASON_AWAITED", timedelta(0))
    sent = await desk.show_card()
    await rita.presses(await rita.sees("Ждёт вашего ответа"), "Отклонить")
    await rita.presses(await rita.sees("Что не подходит?"), "Это время")
    await rita.sees("Напишите причину")
    if turns_to == "a changed card":
        booking = sent.booking.model_copy(update={"version": 2})
        newer = sent.model_copy(update={"booking": booking, "revision": 2})
        await desk.send(CARD_COMMAND.name, desk.recruiting.command(RITA, newer, CardAttention.UPDATE))
        await rita.sees("Ждёт вашего ответа")
        await eventually(lambda: gone(rita, "Напишите причину"), "the card is current again")
    await rita.writes("Не подходит")
    await rita.sees("тем временем изменилась" if turns_to == "a changed card" else "Я бот и на вопросы не отвечаю")
    assert desk.requests == []


async def gone(person: Person, text: str) -> bool:
    """Whether no message says so any more."""
    return not any(text in message.text for message in await person.messages())


async def test_a_reason_that_is_too_long_is_asked_for_again(rita: Person, desk: Desk) -> None:
    """At most 1,000 characters."""
    await desk.show_card()
    await rita.presses(await rita.sees("Ждёт вашего ответа"), "Отклонить")
    await rita.presses(await rita.sees("Что не подходит?"), "Это время")
    await rita.sees("Напишите причину")
    await rita.writes("а" * 1001)
    await rita.sees("слишком длинно")
    assert desk.requests == []
    await rita.writes("а" * 1000)
    assert (await requested(desk)).reason == "а" * 1000


async def test_rescheduling_keeps_the_card_open_for_an_answer(rita: Person, desk: Desk) -> None:
    """R3: the candidate chooses again, the recruiter may still approve or reject."""
    await desk.show_card()
    await rita.presses(await rita.sees("Ждёт вашего ответа"), "Перенести")
    card = await rita.sees("Кандидата попросили выбрать другое время")
    assert card.labels == ["✅ Подтвердить", "❌ Отклонить"]
    assert isinstance(desk.requests[0], RescheduleAsked)
    await rita.presses(card, "Подтвердить")
    await rita.sees("✅ Подтверждена")


@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        (Outcome.EXPIRED, "срок истёк"),
        (Outcome.VERSION_CONFLICT, "тем временем изменилась"),
        (Outcome.NOT_ALLOWED, "она не у вас"),
        (Outcome.FAILED, "не принят"),
        (Outcome.REJECTED, "уже ответили"),
    ],
)
async def test_a_refused_answer_says_why_and_shows_the_card_as_it_is(
    rita: Person, desk: Desk, outcome: Outcome, words: str
) -> None:
    """R2. The same button may be pressed again: guard ``turn``, without which the repeat would be the same request."""
    await desk.show_card()
    desk.outcome = outcome
    await rita.presses(await rita.sees("Ждёт вашего ответа"), "Подтвердить")
    refused = await rita.sees(words)
    assert "Ждёт вашего ответа" in refused.text
    desk.outcome = None
    await rita.presses(refused, "Подтвердить")
    await rita.sees("✅ Подтверждена")
    assert len(desk.requests) == 2


async def test_a_result_without_a_card_shows_the_one_that_is_known(rita: Person, desk: Desk) -> None:
    """A dead-lettered request is answered ``failed`` without a card."""
    await desk.show_card()
    desk.answering.clear()
    await rita.presses(await rita.sees("Ждёт вашего ответа"), "Подтвердить")
    failed = desk.result_of(await requested(desk), outcome=Outcome.FAILED, card=None)
    await rita.sees("⏳")
    await desk.send(BOOKING_RESULT.name, failed)
    assert (await rita.sees("не принят")).labels[0] == "✅ Подтвердить"
    desk.answering.set()


async def test_a_request_that_comes_again_says_how_long_is_left(rita: Person, desk: Desk) -> None:
    """By the clock as it is sent. Guard: ``_time_left``."""
    sent = await desk.show_card()
    await rita.sees("Ждёт вашего ответа")
    for left, words in (
        (timedelta(hours=2, seconds=20), "⏰ Осталось 2 часа"),
        (timedelta(minutes=21), "⏰ Осталась 21"),
    ):
        booking = sent.booking.model_copy(update={"expires_at": clock.now() + left})
        again = sent.model_copy(update={"booking": booking, "revision": sent.revision + 1})
        sent = again
        await desk.send(CARD_COMMAND.name, desk.recruiting.command(RITA, again, CardAttention.REMINDER))
        card = await rita.sees(words)
        assert "Ждёт вашего ответа" not in card.text
        assert "Ответьте до" in card.text


async def test_updates_edit_the_card_and_an_older_one_never_comes_back(
    rita: Person, desk: Desk, bots_database: Database
) -> None:
    """Guard: the conditional update in ``ShownCards.claim``."""
    sent = await desk.show_card()
    card = await rita.sees("Ждёт вашего ответа")
    booked = sent.booking.model_copy(update={"status": BookingStatus.BOOKED, "version": 2})
    newest = sent.model_copy(update={"booking": booked, "revision": 3, "decided_by": DecidedBy(kind="staff")})
    await desk.send(CARD_COMMAND.name, desk.recruiting.command(RITA, newest, CardAttention.UPDATE))
    shown = await rita.sees("Решение: координатор")
    assert (shown.id, shown.labels) == (card.id, ["🔁 Перенести", "❌ Отменить"])
    edited = newest.model_copy(update={"revision": 4, "told": NotificationKind.BOOKING_CHANGED})
    await desk.send(CARD_COMMAND.name, desk.recruiting.command(RITA, edited, CardAttention.UPDATE))

    async def undecided() -> bool:
        return "Решение" not in (await rita.messages())[-1].text

    await eventually(undecided, "guard: ``_SLOT_EDITED``, a slot put right is no decision")
    shown = (await rita.messages())[-1]
    older = sent.model_copy(update={"revision": 2})
    for attention in (CardAttention.UPDATE, CardAttention.NEW, CardAttention.REMINDER):
        await desk.send(CARD_COMMAND.name, desk.recruiting.command(RITA, older, attention))
    await handled(bots_database, CARD_COMMAND.name, count=6)
    assert [m.text for m in await rita.messages() if m.id >= card.id] == [shown.text]


async def test_a_reminder_comes_below_and_the_old_card_points_to_it(rita: Person, desk: Desk) -> None:
    """One card with buttons per request."""
    sent = await desk.show_card()
    first = await rita.sees("Ждёт вашего ответа")
    await desk.send(CARD_COMMAND.name, desk.recruiting.command(RITA, sent, CardAttention.REMINDER))
    await reports(desk, 2)
    await eventually(lambda: state(rita, first.id, "ниже"), "the pointer")
    old, new = [message for message in await rita.messages() if message.id >= first.id]
    assert (old.buttons, len(new.buttons)) == ([], 3)
    answer = await rita.answer_to(await rita.sends_data(old, first.data("Подтвердить")))
    assert "устарела" in answer["text"], "guard: the pressed message must be the one that shows the card"
    assert desk.requests == []
    await rita.presses(new, "Подтвердить")
    assert (await rita.sees("✅ Подтверждена")).id == new.id


async def test_a_repeated_command_is_shown_once_and_reported_once(
    rita: Person, desk: Desk, bots_database: Database
) -> None:
    """Guard: ``done`` per revision and attention; the repeat has another message id, so the inbox does not help."""
    sent = await desk.show_card()
    card = await rita.sees("Ждёт вашего ответа")
    await desk.send(CARD_COMMAND.name, desk.recruiting.command(RITA, sent, CardAttention.NEW))
    await handled(bots_database, CARD_COMMAND.name, count=2)
    assert (await rita.messages())[-1].id == card.id
    assert len(await reports(desk)) == 1


async def test_an_update_whose_message_is_gone_comes_as_a_new_one_and_is_reported(
    rita: Person, desk: Desk, sandbox: Sandbox
) -> None:
    """The edit fails for good."""
    sent = await desk.show_card()
    first = await rita.sees("Ждёт вашего ответа")
    await reports(desk)
    await sandbox.fault("editMessageText", error_code=400, description="Bad Request: message can't be edited")
    newer = sent.model_copy(update={"revision": 2, "reason": "Новое", "told": NotificationKind.BOOKING_CHANGED})
    await desk.send(CARD_COMMAND.name, desk.recruiting.command(RITA, newer, CardAttention.UPDATE))
    again = await rita.sees("💬 Новое")
    assert again.id != first.id
    assert (await reports(desk, 2))[1].delivery.telegram_message_id == again.id


async def test_a_redis_that_goes_away_right_after_a_card_was_sent_has_it_sent_no_second_time(
    rita: Person, desk: Desk, bots_database: Database, redis_line: Line, redis_goes_after_sending: Callable[[], None]
) -> None:
    """Guard: ``record_end`` in ``_show``, before what follows."""
    redis_goes_after_sending()
    await desk.show_card()
    card = await rita.sees("Ждёт вашего ответа")
    await eventually(lambda: bots_database["shown_cards"].find_one({"done": {"$ne": {}}}), "its record")
    redis_line.mend()
    [report] = await reports(desk)
    assert report.delivery.telegram_message_id == card.id
    await handled(bots_database, CARD_COMMAND.name, count=1)
    assert [message.id for message in await rita.messages() if "Ждёт вашего ответа" in message.text] == [card.id]
    await rita.presses(card, "Подтвердить")
    await rita.sees("Подтверждена")


async def test_a_recruiter_who_blocked_the_bot_is_reported_blocked(rita: Person, desk: Desk) -> None:
    """R4 builds on it."""
    await rita.blocks()
    await desk.show_card()
    [report] = await reports(desk)
    assert (report.delivery.status, report.recruiter_telegram_id) == (DeliveryStatus.BLOCKED, RITA)


async def test_telegrams_failure_is_tried_again_and_an_unanswered_edit_too(
    rita: Person, desk: Desk, sandbox: Sandbox, bots_database: Database
) -> None:
    """Guards: passing faults are raised to the consumer; an edit may be repeated, unlike a message."""
    await sandbox.fault("sendMessage", error_code=502, times=2)
    sent = await desk.show_card()
    await rita.sees("Ждёт вашего ответа")
    await sandbox.fault("editMessageText", mode="drop_after_apply")
    newer = sent.model_copy(update={"revision": 2, "reason": "Новое", "told": NotificationKind.BOOKING_CHANGED})
    await desk.send(CARD_COMMAND.name, desk.recruiting.command(RITA, newer, CardAttention.UPDATE))
    await handled(bots_database, CARD_COMMAND.name, count=2)
    await rita.sees("💬 Новое")
    assert [report.delivery.status for report in await reports(desk)] == [DeliveryStatus.SENT]
