"""R8: the three answers to a reminder, and the answer to another time that the recruiter offers."""

import json
from datetime import timedelta
from typing import Any

import pytest

from interview_bot.common import clock
from interview_bot.common.database import Database
from interview_bot.views.callback_data import minute_of, seen
from shared_contracts.attendance import Attendance, AttendanceAnswered
from shared_contracts.booking import Outcome, TimeAnswered
from shared_contracts.directory import BookingStatus, BookingView, NamedRef
from shared_contracts.notification import CacheName, NotificationKind
from shared_contracts.transport.topology import BOOKING_RESULT, NOTIFICATION_COMMAND
from tests.inbound.test_notifications import notice
from tests.kit.desk import EVENT, Desk
from tests.kit.inbox import handled
from tests.kit.telegram import Message, Person, Sandbox, eventually

COMING, NOT_COMING, ASK_TIME = "✅ Подтверждаю", "❌ Не смогу", "🔁 Просьба перенести"
DELAY = "⏱ Опоздаю"
TAKE, KEEP = "✅ Подходит", "Оставить как есть"


async def asked(anna: Person, desk: Desk, **changes: Any) -> Message:
    """Anna is asked whether she comes."""
    await anna.writes("/start")
    await anna.sees("Выберите")
    command = notice(desk, NotificationKind.REMINDER_SOON, asks_attendance=True, recheck=True, attempt=1, reason=None)
    booking = held(desk, offered_slot=None, **changes)
    desk.answers.expect(command, booking=booking)
    await desk.send(NOTIFICATION_COMMAND.name, command)
    return await anna.sees("Скоро увидимся")


def held(desk: Desk, **changes: Any) -> BookingView:
    """Anna's booking, changed at the desk."""
    [(booking_id, (owner, booking))] = desk.bookings.items()
    booking = booking.model_copy(update=changes)
    desk.bookings[booking_id] = (owner, booking)
    return booking


def answers(desk: Desk) -> list[Attendance]:
    """What Anna answered, as the admin service got it."""
    return [request.answer for request in desk.requests if isinstance(request, AttendanceAnswered)]


@pytest.mark.parametrize(
    ("language", "labels"),
    [
        ("ru", ["✅ Подтверждаю", "❌ Не смогу", "🔁 Просьба перенести", "⏱ Опоздаю"]),
        ("en", ["✅ Confirm", "❌ Can't come", "🔁 Ask to reschedule", "⏱ I'll be late"]),
    ],
)
async def test_the_prompt_has_four_buttons_each_in_a_row_of_its_own(
    sandbox: Sandbox, desk: Desk, bot: object, language: str, labels: list[str]
) -> None:
    """R8, on the wire: the call as Telegram got it, in both languages."""
    desk.allow(1001, "Anna")
    desk.open_event()
    for number in (1, 2):
        desk.add_slot(number)
    anna = await sandbox.person(1001, "Anna", language)
    await anna.writes("/help")
    await anna.sees("/mybooking")
    command = notice(desk, NotificationKind.REMINDER_SOON, asks_attendance=True, recheck=True, attempt=1, reason=None)
    desk.answers.expect(command)
    await desk.send(NOTIFICATION_COMMAND.name, command)
    await anna.sees("придёте" if language == "ru" else "Please confirm that you will come.")
    call = (await sandbox.calls("sendMessage", 1001))[-1]
    rows = json.loads(call["params"]["reply_markup"])["inline_keyboard"]
    assert [[button["text"] for button in row] for row in rows] == [[label] for label in labels]
    start = minute_of(command.booking.slot.starts_at)
    data = [button["callback_data"] for row in rows for button in row]
    assert data == [f"1:{action}:{command.booking.id}:{start}" for action in ("ay", "an", "aa", "ad")]
    assert all(len(item.encode()) <= 64 for item in data)


async def test_confirming_is_recorded_and_can_be_changed_until_the_start(anna: Person, desk: Desk) -> None:
    """R8: in the same message, with the other answers still there."""
    prompt = await asked(anna, desk)
    desk.answering.clear()
    await anna.presses(prompt, COMING)
    assert (await anna.sees("Передаём, что вы придёте…")).labels == []
    desk.answering.set()
    thanks = await anna.sees("Спасибо, что подтвердили!")
    assert (thanks.id, thanks.labels) == (prompt.id, [NOT_COMING, ASK_TIME, DELAY])
    assert "каб. 1" in thanks.text and "https://t.me/responsible_person" in thanks.text
    assert "Подтвердите, пожалуйста" not in thanks.text
    await declines(anna, thanks)
    await anna.sees("Жаль, что не получится встретиться")
    assert answers(desk) == [Attendance.CONFIRMED, Attendance.DECLINED]
    request = desk.requests[0]
    assert isinstance(request, AttendanceAnswered)
    assert request.starts_at == desk.slots[f"{1:024x}"].starts_at
    assert (request.payload.location, request.reply is not None) == ("Офис на Тверской", True)


async def test_who_can_not_come_is_offered_to_sign_up_again(anna: Person, desk: Desk) -> None:
    """R8: after one question the seat is free."""
    prompt = await asked(anna, desk)
    await declines(anna, prompt)
    shown = await anna.sees("место освободили")
    assert (shown.id, shown.labels) == (prompt.id, ["Выбрать время"])
    assert desk.bookings == {}
    await anna.presses(shown, "Выбрать время")
    await anna.sees("Выберите удобное время")


async def test_who_thinks_better_of_not_coming_keeps_the_seat(anna: Person, desk: Desk) -> None:
    """Guard: ``ask_if_sure``; nothing was asked for."""
    prompt = await asked(anna, desk)
    await anna.presses(prompt, NOT_COMING)
    await anna.presses(await anna.sees("Точно отменить"), "Нет, оставить")

    async def kept() -> bool:
        last = (await anna.messages())[-1]
        return (last.id, last.labels) == (prompt.id, [COMING, NOT_COMING, ASK_TIME, DELAY])

    await eventually(kept, "the answers again")
    assert desk.requests == []


async def declines(person: Person, message: Message) -> None:
    """Can't come, for sure."""
    await person.presses(message, NOT_COMING)
    await person.presses(await person.sees("Точно отменить"), "Да, отменить")


async def test_asking_for_another_time_keeps_the_booking_and_names_the_recruiters_link(
    anna: Person, desk: Desk
) -> None:
    """R8: they can still confirm or decline, and write to the recruiter."""
    prompt = await asked(anna, desk, recruiter_url="https://t.me/rita_recruiter")
    await anna.presses(prompt, ASK_TIME)
    shown = await anna.sees("Передали рекрутеру")
    assert (shown.id, shown.labels) == (prompt.id, [COMING, NOT_COMING, DELAY])
    assert "https://t.me/rita_recruiter" in shown.text
    await anna.presses(shown, COMING)
    await anna.sees("Спасибо, что подтвердили!")
    assert answers(desk) == [Attendance.RESCHEDULE_ASKED, Attendance.CONFIRMED]


async def test_without_a_recruiters_link_the_citys_is_named(anna: Person, desk: Desk) -> None:
    """FR7."""
    await anna.presses(await asked(anna, desk), ASK_TIME)
    assert "https://t.me/responsible_person" in (await anna.sees("Передали рекрутеру")).text


@pytest.mark.parametrize(
    ("button", "noted"), [(ASK_TIME, "Записали, что вам нужно другое время"), (DELAY, "Записали: опоздание")]
)
async def test_nobody_is_promised_that_a_recruiter_without_a_chat_is_told(
    anna: Person, desk: Desk, button: str, noted: str
) -> None:
    """R4. Guard: ``recruiter_reachable``."""
    link = "https://t.me/rita_recruiter"
    await anna.presses(await asked(anna, desk, recruiter_url=link, recruiter_reachable=False), button)
    if button == DELAY:
        await anna.presses(await anna.sees("На сколько опоздаете?"), "10 минут")
    shown = await anna.sees(noted)
    assert "поэтому напишите сами" in shown.text and f"Напишите сюда: {link}" in shown.text


async def test_pressing_twice_is_answering_once(anna: Person, desk: Desk) -> None:
    """Guard: the closed message."""
    prompt = await asked(anna, desk)
    desk.answering.clear()
    queries = [await anna.presses(prompt, button) for button in (COMING, COMING, NOT_COMING)]
    for query in queries:
        await anna.answer_to(query)
    desk.answering.set()
    await anna.sees("Спасибо, что подтвердили!")
    assert answers(desk) == [Attendance.CONFIRMED]


async def test_a_button_of_an_earlier_time_says_so_and_shows_the_booking(anna: Person, desk: Desk) -> None:
    """Guard: the start in the button against the booking's."""
    prompt = await asked(anna, desk)
    held(desk, slot=desk.slots[f"{2:024x}"], version=2)
    await anna.presses(prompt, COMING)
    shown = await anna.sees("Ваша запись с тех пор изменилась")
    assert shown.id == prompt.id
    assert "каб. 2" in shown.text
    assert desk.requests == []


async def test_a_booking_that_is_not_certain_yet_has_nothing_to_confirm(anna: Person, desk: Desk) -> None:
    """Guard: the status at the press; a forged button with the right start."""
    prompt = await asked(anna, desk, status=BookingStatus.PENDING)
    await anna.presses(prompt, COMING)
    assert "Ждёт подтверждения" in (await anna.sees("Ваша запись с тех пор изменилась")).text
    assert desk.requests == []


async def test_someone_elses_interview_can_not_be_answered_for(sandbox: Sandbox, anna: Person, desk: Desk) -> None:
    """Guard: ``my_bookings.own``, with the right start and the slot on offer."""
    booking = desk.book(1001, desk.slots[f"{1:024x}"])
    held(desk, offered_slot=desk.slots[f"{2:024x}"])
    desk.allow(1002, "Борис")
    boris = await sandbox.person(1002, "Борис")
    await boris.writes("/start")
    slots = await boris.sees("Выберите удобное время")
    start, other = minute_of(booking.slot.starts_at), desk.slots[f"{2:024x}"]
    taking = f"ty:{booking.id}:{other.id}:{seen(other)}"
    for data in (f"ay:{booking.id}:{start}", f"an:{booking.id}:{start}", taking):
        await boris.sends_data(slots, f"1:{data}")
        await boris.sees("Этой записи уже нет")
    assert desk.requests == []


async def test_who_is_off_the_list_answers_about_the_booking_that_stands_and_nothing_else(
    anna: Person, desk: Desk
) -> None:
    """FR2. Guards: ``FOR_KEPT_BOOKINGS`` at the press and on the screen; ``keeps_booking``; ``OFF_LIST_COMMANDS``."""
    prompt = await asked(anna, desk)
    desk.lists_down = True
    desk.remove(1001)
    await desk.invalidate(CacheName.ALLOWED_USERS)

    async def refused() -> bool:
        count = len(await anna.messages())
        await anna.writes("/start")
        await eventually(lambda: said_more(anna, count), "an answer: who writes on and on is not heard")
        return "ваша запись в силе" in (await anna.messages())[-1].text

    await eventually(refused, "nothing new for her")
    refusal = (await anna.messages())[-1]
    assert refusal.labels == ["Моя запись", "Свяжитесь с нами"]
    for command in ("/reschedule", "hello"):
        await anna.writes(command)
    await eventually(lambda: said(anna, "ваша запись в силе", 3), "refused each time")
    await anna.writes("/help")
    assert "/reschedule" not in (await anna.sees("/mybooking")).text
    await anna.writes("/language")
    await anna.presses(await anna.sees("На каком языке"), "Русский")
    await anna.sees("по-русски")
    await anna.presses(prompt, COMING)
    await eventually(lambda: said(anna, "Спасибо, что подтвердили", 1), "thanks")
    [thanks] = [message for message in await anna.messages() if message.id == prompt.id]
    assert ASK_TIME not in thanks.labels and NOT_COMING in thanks.labels
    await anna.presses(thanks, NOT_COMING)

    async def asked_if_sure() -> list[str]:
        return [label for item in await anna.messages() if "Точно отменить" in item.text for label in item.labels]

    assert await eventually(asked_if_sure, "asked once") == ["Да, отменить", "Нет, оставить"]
    await anna.writes("/mybooking")
    mine = await anna.sees("Ваша запись")
    assert mine.labels == ["❌ Отменить"]
    await anna.presses(mine, "Отменить")
    await anna.presses(await anna.sees("Точно отменить"), "Да, отменить")
    ended = await anna.sees("Запись отменена.")
    assert (ended.text.splitlines()[0], ended.labels) == ("❌ Запись отменена.", [])
    assert EVENT.name in ended.text
    assert "передумаете" not in ended.text, "they are offered nothing new"
    await anna.sends_data(mine, "1:st")
    await anna.sees("здесь больше нельзя")
    assert [request.event_type for request in desk.requests] == ["attendance.answered", "booking.cancelled"]


async def said(anna: Person, part: str, times: int) -> bool:
    """Whether the bot has said it so often."""
    return sum(part in message.text for message in await anna.messages()) >= times


@pytest.mark.parametrize(
    ("outcome", "words", "labels"),
    [
        (Outcome.TOO_LATE, "уже началось или прошло", ["Свяжитесь с нами"]),
        (Outcome.VERSION_CONFLICT, "тем временем изменилась", ["Моя запись"]),
        (Outcome.BOOKING_NOT_FOUND, "Этой записи уже нет", ["Выбрать время"]),
        (Outcome.CANCELLED, "Запись отменена", ["Выбрать время"]),
        (Outcome.NOT_ALLOWED, "вас нет в списке", ["Свяжитесь с нами"]),
        (Outcome.FAILED, "что-то сломалось", [COMING, NOT_COMING, ASK_TIME, DELAY]),
    ],
)
async def test_each_refusal_has_its_words_and_next_step(
    anna: Person, desk: Desk, outcome: Outcome, words: str, labels: list[str]
) -> None:
    """R2, R8; after a failure of ours the same can be answered again."""
    prompt = await asked(anna, desk)
    desk.outcome = outcome
    await anna.presses(prompt, COMING)
    shown = await anna.sees(words)
    assert (shown.id, shown.labels) == (prompt.id, labels)


async def test_an_answer_leaves_a_dialog_under_way_as_it_is(anna: Person, desk: Desk) -> None:
    """Anna is moving her booking when the reminder comes: both go on."""
    prompt = await asked(anna, desk)
    await anna.writes("/reschedule")
    details = await anna.sees("На какое время перенести?")
    await anna.presses(details, "каб. 2")
    await anna.sees("Перенести вашу запись")
    await anna.presses(prompt, COMING)

    async def thanked() -> bool:
        return any("Спасибо, что подтвердили!" in message.text for message in await anna.messages())

    await eventually(thanked, "thanks")
    await anna.presses(await anna.sees("Перенести вашу запись"), "Подтвердить")
    await anna.sees("Запись перенесена!")


async def offered(anna: Person, desk: Desk) -> Message:
    """Anna asked for another time, and the recruiter offers the second slot."""
    await anna.writes("/start")
    await anna.sees("Выберите")
    command = notice(desk, NotificationKind.TIME_OFFERED, reason=None)
    booking = command.booking.model_copy(
        update={"attendance": Attendance.RESCHEDULE_ASKED, "offered_slot": desk.slots[f"{2:024x}"], "version": 3}
    )
    desk.bookings[booking.id] = (1001, booking)
    await desk.send(NOTIFICATION_COMMAND.name, command.model_copy(update={"booking": booking}))
    return await anna.sees("Рекрутер предлагает")


async def test_an_offered_time_is_taken_with_one_press(anna: Person, desk: Desk) -> None:
    """R8, pressed twice."""
    offer = await offered(anna, desk)
    assert offer.labels == [TAKE, KEEP]
    desk.answering.clear()
    for query in [await anna.presses(offer, TAKE) for _ in range(2)]:
        await anna.answer_to(query)
    desk.answering.set()
    moved = await anna.sees("Запись перенесена!")
    assert moved.id == offer.id
    assert "каб. 2" in moved.text
    [request] = desk.requests
    assert isinstance(request, TimeAnswered)
    assert (request.slot_id, request.take) == (f"{2:024x}", True)


async def test_the_present_time_is_kept(anna: Person, desk: Desk) -> None:
    """R8: and the answers are open again."""
    offer = await offered(anna, desk)
    await anna.presses(offer, KEEP)
    kept = await anna.sees("оставляем прежнее время. Ждём вас")
    assert (kept.id, kept.labels) == (offer.id, [COMING, NOT_COMING, ASK_TIME, DELAY])
    assert "каб. 1" in kept.text


async def test_an_offered_time_that_filled_up_leaves_the_booking(anna: Person, desk: Desk) -> None:
    """``slot_full``: no list of other slots, the recruiter offers them."""
    offer = await offered(anna, desk)
    desk.take_seats(desk.slots[f"{2:024x}"])
    await anna.presses(offer, TAKE)
    shown = await anna.sees("Это время только что заняли")
    assert (shown.id, shown.labels) == (offer.id, [COMING, NOT_COMING, DELAY])
    assert "каб. 1" in shown.text


async def test_an_offer_that_was_replaced_says_so(anna: Person, desk: Desk) -> None:
    """Guard: the slot in the button against the one on offer."""
    offer = await offered(anna, desk)
    held(desk, offered_slot=desk.slots[f"{3:024x}"], version=4)
    await anna.presses(offer, TAKE)
    shown = await anna.sees("Предложение уже другое")
    assert "Рекрутер предлагает" in shown.text
    assert shown.labels == [TAKE, KEEP, "🔁 Перенести", "❌ Отменить"]
    assert desk.requests == []
    await anna.presses(shown, TAKE)
    await anna.sees("Запись перенесена!")


@pytest.mark.parametrize(("changed", "label"), [("time", TAKE), ("place", KEEP), ("recruiter", TAKE)])
async def test_an_offered_slot_that_was_changed_since_is_not_taken_for_what_it_was(
    anna: Person, desk: Desk, changed: str, label: str
) -> None:
    """Guards: ``seen``, ``proposed_in``. Staff changed the slot: what of it is said, and it is asked about anew."""
    offer = await offered(anna, desk)
    slot = desk.slots[f"{2:024x}"]
    changes: dict[str, dict[str, Any]] = {
        "time": {"starts_at": slot.starts_at + timedelta(hours=1)},
        "place": {"room": "каб. 99"},
        "recruiter": {"recruiter": NamedRef(id=f"{77:024x}", name="Пётр Орлов")},
    }
    later = slot.model_copy(update=changes[changed])
    desk.slots[slot.id] = later
    held(desk, offered_slot=later)
    await anna.presses(offer, label)
    shown = await anna.sees("Предложение изменилось, ответьте")
    said = {"time": "🕐", "place": "📍 каб. 2 → каб. 99", "recruiter": "👤 Рита Рекрутер → Пётр Орлов"}
    assert said[changed] in shown.text and shown.text.count(" → ") == 1
    assert (shown.id, shown.labels[:2]) == (offer.id, [TAKE, KEEP])
    assert desk.requests == []
    await anna.presses(offer, label)
    await anna.sees("Предложение уже другое")
    await anna.presses(shown, TAKE)
    await anna.sees("Запись перенесена!")


async def test_an_offered_time_that_moves_while_it_is_taken_is_shown_as_it_is_now(anna: Person, desk: Desk) -> None:
    """R2. Guard: the request carries the slot as it was shown."""
    offer = await offered(anna, desk)
    slot = desk.slots[f"{2:024x}"]
    desk.slots[slot.id] = slot.model_copy(update={"starts_at": slot.starts_at + timedelta(hours=1)})
    await anna.presses(offer, TAKE)
    shown = await anna.sees("Предложение уже другое")
    assert (shown.id, shown.labels) == (offer.id, [TAKE, KEEP])
    [request] = desk.requests
    assert isinstance(request, TimeAnswered)
    assert request.shown and request.shown.starts_at == slot.starts_at
    await anna.presses(shown, TAKE)
    await anna.sees("Запись перенесена!")


async def test_my_booking_shows_the_answer_and_an_open_offer(anna: Person, desk: Desk) -> None:
    """FR6, R8."""
    desk.book(1001, desk.slots[f"{1:024x}"])
    held(desk, attendance=Attendance.CONFIRMED, attendance_at=clock.now())
    await anna.writes("/mybooking")
    assert "Вы подтвердили, что придёте" in (await anna.sees("Ваша запись")).text
    held(desk, delay_minutes=10, delay_at=clock.now())
    await anna.writes("/mybooking")
    await anna.sees("Вы предупредили об опоздании: 10 минут")
    held(desk, attendance=Attendance.RESCHEDULE_ASKED, offered_slot=desk.slots[f"{2:024x}"])
    await anna.writes("/mybooking")
    shown = await anna.sees("Рекрутер предлагает")
    assert "Вы просили другое время" in shown.text
    assert shown.labels == [TAKE, KEEP, "🔁 Перенести", "❌ Отменить"]
    await anna.presses(shown, KEEP)
    await anna.sees("оставляем прежнее время")


async def test_who_did_not_come_is_shown_the_way_to_another_time(anna: Person, desk: Desk) -> None:
    """The issue's "Outcomes"."""
    await anna.writes("/start")
    await anna.sees("Выберите")
    command = notice(desk, NotificationKind.NO_SHOW, recheck=True, attempt=1, reason=None)
    desk.answers.expect(command)
    desk.bookings.clear()  # it is over
    await desk.send(NOTIFICATION_COMMAND.name, command)
    await anna.presses(await anna.sees("Не получилось встретиться"), "Выбрать время")
    await anna.sees("Выберите удобное время")


async def test_an_older_answers_result_does_not_overwrite_a_newer_one(
    anna: Person, desk: Desk, bots_database: Database
) -> None:
    """Guard: ``shown_bookings``."""
    prompt = await asked(anna, desk)
    await anna.presses(prompt, COMING)
    thanks = await anna.sees("Спасибо, что подтвердили!")
    await declines(anna, thanks)
    await anna.sees("место освободили")
    first = desk.requests[0]
    confirmed = BookingView(
        id=prompt.data(COMING).split(":")[2],
        version=2,
        status=BookingStatus.BOOKED,
        slot=desk.slots[f"{1:024x}"],
        attendance=Attendance.CONFIRMED,
    )
    await desk.send(BOOKING_RESULT.name, desk.result_of(first, outcome=Outcome.BOOKED, booking=confirmed))
    await handled(bots_database, BOOKING_RESULT.name, count=3)
    texts = {message.id: message.text for message in await anna.messages()}
    assert "место освободили" in texts[prompt.id]


async def said_more(person: Person, count: int) -> bool:
    """Whether the bot has written since."""
    return len(await person.messages()) > count
