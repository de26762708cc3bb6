"""The whole path on the running system (R11): questionnaire, recruiter, slot, approval, reminder, answer, outcome.

Time is travelled forward from one moment to the next; this module comes last because of that.
"""

from collections.abc import Iterator
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from acceptance.conftest import MONDAY_MORNING
from acceptance.conversation.steps import answers_everything, asks_for_a_time
from acceptance.conversation.words import EN, RU, Words
from acceptance.desk import Desk
from acceptance.driving import Chats, Json, Message, Person, Store, eventually, opening
from acceptance.transcripts import Followed, Transcript
from local.stack import Stack

MOSCOW = ZoneInfo("Europe/Moscow")
AFTERNOON = "1[5-9]"
"""Hours far enough from 11:00 for two messages."""
QUICK, RECRUITING = "Специалист поддержки", "Набор в отдел заботы"
ANNA, BORIS = 2001, 2002
BUTTONS = {
    "ru": ["✅ Подтверждаю", "❌ Не смогу", "🔁 Просьба перенести", "⏱ Опоздаю"],
    "en": ["✅ Confirm", "❌ Can't come", "🔁 Ask to reschedule", "⏱ I'll be late"],
}
LATE_AT_THE_DESK = "late by 10 minutes"


@pytest.fixture(autouse=True, scope="module")
def _recruiting_is_open(desk: Desk, stack: Stack) -> Iterator[None]:
    """The recruiting event alone."""
    desk.change_event(QUICK, is_open=False)
    desk.change_event(RECRUITING, is_open=True, pending_hours=240)
    yield
    desk.change_event(RECRUITING, is_open=False)
    desk.change_event(QUICK, is_open=True)


@pytest.fixture
def transcript() -> Transcript:
    """What everybody is shown."""
    return Transcript()


def joins_and_is_approved(
    candidate: Followed, recruiter: Followed, desk: Desk, words: Words, recruiter_name: str
) -> Message:
    """From the personal link to the congratulation; the recruiter's card of it."""
    candidate.writes(opening(desk.invite_candidate("Мария")))
    candidate.sees(words.welcome)
    menu = answers_everything(candidate, words, "Мария Петрова")
    asks_for_a_time(candidate, words, menu, recruiter_name, hours=AFTERNOON)
    card = recruiter.sees(words.card)
    recruiter.presses(card, words.approve)
    candidate.sees(words.congratulations)
    return card


def sits_down(chats: Chats, user_id: int, name: str, language: str) -> Person:
    """A recruiter whom the bot may write to."""
    recruiter = chats.person(user_id, name, language)
    recruiter.writes("/start")
    recruiter.sees("")
    return recruiter


def is_reminded_twice(stack: Stack, store: Store, transcript: Transcript, candidate: Followed, words: Words) -> Message:
    """At 11:00 and two hours before, a message each and never early; the one with the buttons."""
    (booking,) = store.bookings_of(candidate.person.id)
    starts_at = booking["starts_at"]
    there = starts_at.astimezone(MOSCOW)
    transcript.remark("it is 11:00 on the day of the interview")
    stack.travel_to(there.replace(hour=11, minute=0))
    candidate.sees(words.today)
    transcript.remark("it is two hours before the interview")
    stack.travel_to(starts_at - timedelta(hours=2))
    prompt = candidate.sees(words.soon)
    shown = [message.text for message in candidate.person.messages()]
    assert [sum(part in text for text in shown) for part in (words.today, words.soon)] == [1, 1]
    sent = eventually(lambda: reported(store, booking), "both are reported")
    assert all(row["sent_at"] >= row["due_at"] for row in sent)
    return prompt


def reported(store: Store, booking: Json) -> list[Json] | None:
    """The ledger's two reminders, once both are known to have been sent."""
    kinds = {"$in": ["day_of", "two_hours"]}
    rows = list(store.db.auto_messages.find({"booking_id": booking["_id"], "kind": kinds, "state": "sent"}))
    return rows if len(rows) == 2 else None


def test_the_candidate_confirms_and_the_recruiter_marks_that_they_came(
    chats: Chats, desk: Desk, store: Store, stack: Stack, transcript: Transcript
) -> None:
    """R11, R8 and the outcome, in Russian."""
    stack.travel_to(MONDAY_MORNING + timedelta(hours=1))
    recruiter = transcript.follow(sits_down(chats, ANNA, "Анна", "ru"), "Recruiter")
    candidate = transcript.follow(chats.person(3011, "Мария", "ru"), "Candidate")
    joins_and_is_approved(candidate, recruiter, desk, RU, "Анна")
    (booking,) = store.bookings_of(3011)

    prompt = is_reminded_twice(stack, store, transcript, candidate, RU)
    assert prompt.labels == BUTTONS["ru"]
    candidate.presses(prompt, "Подтверждаю")
    candidate.sees(RU.thanks, prompt.id)
    transcript.remark("the interview is over")
    request = recruiter.person.messages()[-1]  # shows the question, too, until the message that asks it has come
    stack.travel_to(booking["ends_at"])
    card = recruiter.finds(RU.how_was_it, RU.will_come, "Мария Петрова", after=request)
    recruiter.presses(card, RU.came)
    recruiter.sees(RU.has_come, card.id)

    marked = store.db.bookings.find_one({"_id": booking["_id"]})
    assert marked is not None
    assert (marked["status"], marked["attendance"]) == ("attended", "confirmed")
    transcript.check("ru/whole_path")


def test_the_candidate_asks_for_another_time_and_takes_the_one_the_recruiter_offers(
    chats: Chats, desk: Desk, store: Store, stack: Stack, transcript: Transcript
) -> None:
    """R11 and R8, in English; the old time's messages come no more (I4), and the new one is over by itself."""
    stack.travel_to(MONDAY_MORNING + timedelta(days=2))
    recruiter = transcript.follow(sits_down(chats, BORIS, "Борис", "en"), "Recruiter")
    candidate = transcript.follow(chats.person(3012, "Maria", "en"), "Candidate")
    approved = joins_and_is_approved(candidate, recruiter, desk, EN, "Борис")
    (booking,) = store.bookings_of(3012)

    prompt = is_reminded_twice(stack, store, transcript, candidate, EN)
    assert prompt.labels == BUTTONS["en"]
    candidate.presses(prompt, "Ask to reschedule")
    candidate.sees(EN.passed_on, prompt.id)
    card = recruiter.finds(EN.notice_of_another_time)
    assert card.id > approved.id
    recruiter.presses(card, EN.offer)
    offer = candidate.sees(EN.offered)
    candidate.presses(offer, EN.suits)
    candidate.sees(EN.moved, offer.id)

    (moved,) = store.bookings_of(3012)
    assert moved["starts_at"] > booking["starts_at"]
    transcript.check("en/whole_path")
    old = store.db.auto_messages.find({"booking_id": booking["_id"], "starts_at": booking["starts_at"]})
    assert {row["state"] for row in old} <= {"sent", "suppressed"}

    stack.travel_to(moved["ends_at"])  # and nobody marks it: a job ends liveness (spec, "A booking's life")
    eventually(lambda: store.bookings_of(3012) == [], "the booking is over")
    over = store.db.bookings.find_one({"_id": moved["_id"]})
    assert over is not None
    assert (over["status"], over["ended_by"]) == ("unmarked", "system:close_finished")


@pytest.mark.parametrize(("language", "words", "number"), [("ru", RU, 3), ("en", EN, 4)])
def test_the_candidate_will_be_late_and_the_recruiter_is_told_at_once(
    chats: Chats,
    desk: Desk,
    store: Store,
    stack: Stack,
    language: str,
    words: Words,
    number: int,
) -> None:
    """R8: from the prompt, and by /mybooking until 15 minutes after the start; nothing else of the booking changes."""
    stack.travel_to(MONDAY_MORNING + timedelta(days=number, hours=1))
    anna, maria, before, transcript = (
        sits_down(chats, ANNA, "Анна", language),
        chats.person(3010 + number, "Мария", language),
        Transcript(),
        Transcript(),
    )
    candidate = before.follow(maria, "Candidate")
    joins_and_is_approved(candidate, before.follow(anna, "Recruiter"), desk, words, "Анна")
    (booking,) = store.bookings_of(3010 + number)
    is_reminded_twice(stack, store, before, candidate, words)

    recruiter, candidate = transcript.follow(anna, "Recruiter"), transcript.follow(maria, "Candidate")
    prompt = candidate.sees(words.soon)
    candidate.presses(prompt, words.late)
    candidate.presses(candidate.sees(words.how_late, prompt.id), words.ten_minutes)
    candidate.sees(words.noted, prompt.id)
    told = recruiter.finds(words.notice_of_delay, words.late_by_ten)
    assert LATE_AT_THE_DESK in desk.bookings_list(3010 + number).lower()
    page = desk.booking_page(booking["_id"]).lower()
    assert LATE_AT_THE_DESK in page and "said they will be late" in page

    transcript.remark("it is 14 minutes after the start")
    stack.travel_to(booking["starts_at"] + timedelta(minutes=14))
    candidate.writes("/mybooking")
    mine = candidate.sees(words.your_booking)
    candidate.presses(mine, words.late)
    candidate.presses(candidate.sees(words.how_late, mine.id), words.over_15_minutes)
    candidate.sees(words.noted, mine.id)
    recruiter.finds(words.notice_of_delay, words.late_by_more, after=told)

    transcript.remark("it is 15 minutes after the start")
    stack.travel_to(booking["starts_at"] + timedelta(minutes=15))
    candidate.presses(mine, words.late)
    candidate.sees(words.too_late_to_say, mine.id)
    transcript.check(f"{language}/late")
    (late,) = store.bookings_of(3010 + number)
    assert (late["status"], late["attendance"], late["delay_minutes"]) == ("booked", "", 20)
    assert (late["version"], late["slot_id"]) == (booking["version"] + 2, booking["slot_id"])
