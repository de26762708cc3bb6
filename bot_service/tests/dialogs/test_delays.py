"""R8: "I'm late", from the prompt, after an answer, from the list of bookings, until 15 minutes after the start."""

from datetime import timedelta

import pytest

from interview_bot.common import clock
from interview_bot.views.callback_data import minute_of
from interview_bot.views.texts import texts_for
from shared_contracts.attendance import DelayAnnounced
from shared_contracts.booking import Outcome
from shared_contracts.card import CardOccasion
from shared_contracts.directory import SlotView
from shared_contracts.notification import CacheName
from shared_contracts.transport.topology import CARD_COMMAND
from tests.dialogs.test_attendance import ASK_TIME, COMING, DELAY, NOT_COMING, asked, held
from tests.kit.desk import Desk
from tests.kit.interview_cards import booked_card, reads
from tests.kit.recruiting import RITA
from tests.kit.telegram import Message, Person, Sandbox, eventually

FIVE, TEN, FIFTEEN, MORE, BACK = "5 минут", "10 минут", "15 минут", "Больше 15 минут", "← Назад"
QUESTION, TOLD = "На сколько опоздаете?", "Спасибо, что предупредили"


def delays(desk: Desk) -> list[int]:
    """What Anna said, as the admin service got it."""
    return [request.minutes for request in desk.requests if isinstance(request, DelayAnnounced)]


async def begun(anna: Person, desk: Desk, minutes: float) -> Message:
    """Anna's prompt, so long after the start."""
    return await asked(anna, desk, slot=begun_slot(desk, minutes))


def begun_slot(desk: Desk, minutes: float) -> SlotView:
    """The booking's slot, as if it had begun so long ago."""
    starts_at = (clock.now() - timedelta(minutes=minutes)).replace(second=0, microsecond=0)
    return desk.slots[f"{1:024x}"].model_copy(update={"starts_at": starts_at})


async def test_how_late_is_asked_and_passed_on_and_can_be_said_anew(anna: Person, desk: Desk) -> None:
    """All in the prompt's own message; the other answers stay open."""
    prompt = await asked(anna, desk, recruiter_url="https://t.me/rita_recruiter")
    await anna.presses(prompt, DELAY)
    question = await anna.sees(QUESTION)
    assert (question.id, question.labels) == (prompt.id, [FIVE, TEN, FIFTEEN, MORE, BACK])
    assert "каб. 1" in question.text and desk.requests == []
    desk.answering.clear()
    await anna.presses(question, FIVE)
    assert (await anna.sees("Передаём, что вы опоздаете…")).labels == []
    desk.answering.set()
    told = await anna.sees(TOLD)
    assert (told.id, told.labels) == (prompt.id, [COMING, NOT_COMING, ASK_TIME, DELAY])
    assert "на 5 минут" in told.text and "https://t.me/rita_recruiter" in told.text
    await anna.presses(told, DELAY)
    await anna.presses(await anna.sees(QUESTION), MORE)
    await anna.sees("больше чем на 15 минут")
    assert delays(desk) == [5, 20]


async def test_back_leads_to_the_other_answers(anna: Person, desk: Desk) -> None:
    prompt = await asked(anna, desk)
    await anna.presses(prompt, DELAY)
    await anna.presses(await anna.sees(QUESTION), BACK)
    shown = await anna.sees("✅ Вы записаны")
    assert (shown.id, shown.labels) == (prompt.id, [COMING, NOT_COMING, ASK_TIME, DELAY])
    assert "Подтвердите, пожалуйста" in shown.text, "as before. Guard: ``_still_asked``"
    assert "https://t.me/responsible_person" in shown.text, "guard: ``_questions``"
    await anna.presses(shown, COMING)
    await anna.sees("Спасибо, что подтвердили!")
    assert delays(desk) == []


async def test_after_confirming_it_can_be_said_too(anna: Person, desk: Desk) -> None:
    await anna.presses(await asked(anna, desk), COMING)
    await anna.presses(await anna.sees("Спасибо, что подтвердили!"), DELAY)
    await anna.presses(await anna.sees(QUESTION), TEN)
    told = await anna.sees(TOLD)
    assert told.labels == [NOT_COMING, ASK_TIME, DELAY]
    assert delays(desk) == [10]


async def test_pressed_twice_it_is_told(anna: Person, desk: Desk) -> None:
    await anna.presses(await asked(anna, desk), DELAY)
    question = await anna.sees(QUESTION)
    desk.answering.clear()
    for query in [await anna.presses(question, FIFTEEN) for _ in range(2)]:
        await anna.answer_to(query)
    desk.answering.set()
    await anna.sees(TOLD)
    assert set(delays(desk)) == {15}


async def test_after_the_start_only_a_delay_is_left_to_say(anna: Person, desk: Desk) -> None:
    """Guard: ``_has_begun``."""
    prompt = await begun(anna, desk, 10)
    assert prompt.labels == [DELAY]
    await anna.presses(prompt, DELAY)
    await anna.presses(await anna.sees(QUESTION), MORE)
    assert (await anna.sees(TOLD)).labels == [DELAY]


async def test_who_answers_too_late_can_still_say_that_they_will_be_late(anna: Person, desk: Desk) -> None:
    """The prompt was shown before the start."""
    prompt = await begun(anna, desk, 10)
    await anna.sends_data(prompt, prompt.data(DELAY).replace(":ad:", ":ay:"))
    shown = await anna.sees("уже началось или прошло")
    assert shown.labels == [DELAY, "Свяжитесь с нами"]
    await anna.presses(shown, DELAY)
    await anna.sees(QUESTION)


async def test_from_15_minutes_after_the_start_the_candidate_writes_themselves(anna: Person, desk: Desk) -> None:
    """The question was asked in time, its answer came too late."""
    prompt = await begun(anna, desk, 10)
    await anna.presses(prompt, DELAY)
    question = await anna.sees(QUESTION)
    desk.outcome = Outcome.TOO_LATE
    await anna.presses(question, FIVE)
    shown = await anna.sees("прошло больше 15 минут")
    assert shown.labels == ["Свяжитесь с нами"]
    assert "каб. 1" in shown.text, "the way there stays. Guard: ``_facts``"
    assert delays(desk) == [5]


async def test_a_button_of_before_asks_nothing_15_minutes_after_the_start(anna: Person, desk: Desk) -> None:
    """Guard: ``can_announce_delay``."""
    prompt = await begun(anna, desk, 16)
    assert prompt.labels == []
    [(_owner, booking)] = desk.bookings.values()
    await anna.sends_data(prompt, f"1:ad:{booking.id}:{minute_of(booking.slot.starts_at)}")
    assert (await anna.sees("прошло больше 15 минут")).labels == ["Свяжитесь с нами"]
    assert desk.requests == []


@pytest.mark.parametrize(("language", "delay", "short"), [("ru", DELAY, FIVE), ("en", "⏱ I'll be late", "5 minutes")])
async def test_near_the_start_it_can_be_said_wherever_the_booking_is_shown(
    sandbox: Sandbox, desk: Desk, bot: object, language: str, delay: str, short: str
) -> None:
    """Whoever was never asked whether they come. Guards: ``is_delay_near``, ``MY_DELAY``."""
    desk.allow(1001, "Anna")
    desk.open_event()
    desk.book(1001, desk.add_slot(1, hours=3))
    anna = await sandbox.person(1001, "Anna", language)
    await anna.writes("/mybooking")
    assert delay not in (await anna.sees("Офис на Тверской")).labels, "it is early for that"
    near = held(desk, slot=begun_slot(desk, -149)).slot
    await anna.writes("/mybooking")

    async def offered() -> Message | None:
        last = (await anna.messages())[-1]
        return last if delay in last.labels else None

    listed = await eventually(offered, "the button")
    await anna.writes("/start")
    assert delay in (await eventually(offered, "also at Sign up")).labels
    await anna.presses(listed, delay)
    question = await reads(anna, listed.id, "?")
    assert question.labels[0] == short
    await anna.presses(question, "←")
    await reads(anna, listed.id, "📍")
    await anna.presses(listed, delay)
    await anna.presses(await reads(anna, listed.id, "?"), short)
    await reads(anna, listed.id, short)  # which no time of day holds
    assert [(it.minutes, it.starts_at) for it in desk.requests if isinstance(it, DelayAnnounced)] == [
        (5, near.starts_at)
    ]


async def test_with_two_bookings_each_button_says_which(anna: Person, desk: Desk) -> None:
    """Only of the one that is near."""
    desk.book(1001, begun_slot(desk, -60), number=1)
    desk.book(1001, desk.slots[f"{2:024x}"], number=2)
    await anna.writes("/mybooking")
    late = [label for label in (await anna.sees("Ваши записи:")).labels if label.startswith(DELAY)]
    assert len(late) == 1 and " · " in late[0]


async def test_after_the_interview_a_button_of_before_says_whom_to_write_to(anna: Person, desk: Desk) -> None:
    """Guard: ``_show_if_over``."""
    prompt = await begun(anna, desk, 10)
    await anna.presses(prompt, DELAY)
    question = await anna.sees(QUESTION)
    held(desk, slot=begun_slot(desk, 30))
    [(_owner, booking)] = desk.bookings.values()
    desk.bookings.clear()
    for step in ("ad:{}:{}", "my:{}:{}", "al:{}:{}:10"):
        await anna.sends_data(question, f"1:{step.format(booking.id, minute_of(booking.slot.starts_at))}")
        assert (await anna.sees("прошло больше 15 минут")).labels == ["Свяжитесь с нами"]
    assert desk.requests == []


async def test_who_books_when_nobody_will_be_asked_any_more_is_told_where_to_say_it(anna: Person, desk: Desk) -> None:
    """Guard: ``is_delay_near``."""
    desk.add_slot(1, hours=2, closes_at=clock.now() + timedelta(hours=1))
    await desk.invalidate(CacheName.SLOTS)
    await anna.writes("/start")
    await anna.presses(await anna.sees("Выберите"), "каб. 1")
    await anna.presses(await anna.sees("Записать вас"), "Подтвердить")
    assert "Будете опаздывать?" in (await anna.sees("Вы записаны!")).text
    await anna.writes("/reschedule")
    await anna.presses(await anna.sees("На какое время"), "каб. 2")
    await anna.presses(await anna.sees("Перенести вашу запись"), "Подтвердить")
    assert "опаздывать" not in (await anna.sees("Запись перенесена!")).text


@pytest.mark.parametrize("step", [DELAY, FIVE, BACK])
async def test_a_moved_interview_is_shown_as_it_is_instead(anna: Person, desk: Desk, step: str) -> None:
    """Guard: ``_booking_of_question``."""
    shown = await asked(anna, desk)
    if step != DELAY:
        await anna.presses(shown, DELAY)
        shown = await anna.sees(QUESTION)
    [(_owner, booking)] = desk.bookings.values()
    later = booking.slot.model_copy(update={"starts_at": booking.slot.starts_at + timedelta(hours=1)})
    held(desk, slot=later)
    await anna.presses(shown, step)
    await anna.sees("запись с тех пор изменилась")
    assert delays(desk) == []


@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        (Outcome.VERSION_CONFLICT, "тем временем изменилась"),
        (Outcome.BOOKING_NOT_FOUND, "Этой записи уже нет"),
        (Outcome.CANCELLED, "Запись отменена"),
        (Outcome.NOT_ALLOWED, "вас нет в списке"),
        (Outcome.FAILED, "что-то сломалось"),
    ],
)
async def test_each_refusal_has_its_words(anna: Person, desk: Desk, outcome: Outcome, words: str) -> None:
    """``failed``: also of an admin service that does not know of delays yet."""
    await anna.presses(await asked(anna, desk), DELAY)
    question = await anna.sees(QUESTION)
    desk.outcome = outcome
    await anna.presses(question, TEN)
    assert (await anna.sees(words)).id == question.id


@pytest.mark.parametrize(("minutes", "words"), [(10, "опоздает на 10 минут"), (20, "опоздает больше чем на 15 минут")])
async def test_the_recruiter_is_told_by_a_message_that_says_how_late(
    rita: Person, desk: Desk, minutes: int, words: str
) -> None:
    card = booked_card(desk, delay_minutes=minutes, delay_at=clock.now())
    await desk.send(CARD_COMMAND.name, desk.recruiting.notice(RITA, card, CardOccasion.DELAY))
    told = (await rita.sees("⏱ Кандидат опоздает")).text
    assert words in told and told.count("опоздает") == 1


def test_every_number_of_minutes_reads_well() -> None:
    """5, 10 and 15 take the same form of the word, so no plural is chosen."""
    assert texts_for("ru").plain("button.minutes", minutes=15) == "15 минут"
    assert texts_for("en").plain("button.minutes", minutes=5) == "5 minutes"
