"""The recruiting flow's voice: invitation, questionnaire, recruiter, time, approval (R3, R9, R10, R11)."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from acceptance.conversation.steps import (
    answers_everything,
    answers_up_to_the_schedule,
    asks_for_a_time,
    passes_the_questionnaire,
)
from acceptance.conversation.words import EN, RU, Words
from acceptance.desk import Desk
from acceptance.driving import Chats, Message, Store, opening
from acceptance.transcripts import Followed, Transcript
from local.stack import Stack

QUICK, RECRUITING = "Специалист поддержки", "Набор в отдел заботы"
ANNA, BORIS = 2001, 2002


LANGUAGES = [("ru", RU), ("en", EN)]


@pytest.fixture(autouse=True, scope="module")
def _recruiting_is_open(desk: Desk) -> Iterator[None]:
    """The recruiting event alone; a request lives until an hour before its start, so that texts stand still."""
    desk.change_event(QUICK, is_open=False)
    desk.change_event(RECRUITING, is_open=True, pending_hours=240)
    yield
    desk.change_event(RECRUITING, is_open=False)
    desk.change_event(QUICK, is_open=True)


def is_refused_a_move(candidate: Followed, recruiter: Followed, words: Words, news: Message) -> None:
    """The candidate asks to move what stands, takes that back, asks again, and the recruiter says no: all read what
    stands."""
    candidate.presses(news, words.move)
    first = candidate.sees(words.when_instead)
    candidate.presses(first, ":")
    candidate.presses(candidate.sees(words.sure_to_move, first.id), words.confirm)
    waits = candidate.sees(words.move_waits, first.id)
    card = recruiter.sees(words.move_card)
    candidate.presses(waits, words.withdraw)
    candidate.sees(words.kept, first.id)
    recruiter.sees(words.taken_back, card.id)
    candidate.writes("/reschedule")
    slots = candidate.sees(words.when_instead)
    candidate.presses(slots, ":")
    candidate.presses(candidate.sees(words.sure_to_move, slots.id), words.confirm)
    candidate.sees(words.move_waits, slots.id)
    card = recruiter.sees(words.move_card, after=card)
    recruiter.presses(card, words.decline)
    recruiter.presses(recruiter.sees(words.why, card.id), words.without_reason)
    recruiter.sees(words.move_rejected, card.id)
    candidate.sees(words.not_moved)
    candidate.sees(words.line_move_asked, slots.id)


@pytest.mark.parametrize(("language", "words"), LANGUAGES)
def test_from_invitation_to_approval(chats: Chats, desk: Desk, store: Store, language: str, words: Words) -> None:
    """R11 up to approval: invitation, questionnaire, recruiter, time, another time, approval."""
    user_id, recruiter_id, recruiter_name = (3001, ANNA, "Анна") if language == "ru" else (3002, BORIS, "Борис")
    transcript = Transcript()
    recruiter = transcript.follow(chats.person(recruiter_id, recruiter_name, language), "Recruiter")
    recruiter.person.writes("/start")
    recruiter.person.sees("")
    candidate = transcript.follow(chats.person(user_id, "Мария", language), "Candidate")
    link = desk.invite_candidate("Мария")
    transcript.remark("staff send her a personal link")

    candidate.writes(opening(link))
    candidate.sees(words.welcome)
    asks_for_a_time(candidate, words, answers_everything(candidate, words, "Мария Петрова"), recruiter_name)
    card = recruiter.sees(words.card)
    assert "Мария Петрова" in card.text
    assert "Три года вела кружок" in card.text

    recruiter.presses(card, words.card_move)
    asked = candidate.sees(words.asked)
    candidate.presses(asked, words.other_time)
    slots = candidate.sees(words.ask_instead, asked.id)
    candidate.presses(slots, ":")
    candidate.presses(candidate.sees(words.sure_to_ask, asked.id), words.confirm)
    candidate.sees(words.waits, asked.id)
    again = recruiter.sees(words.card, after=card)
    recruiter.presses(again, words.approve)
    recruiter.sees(words.approved, again.id)
    congratulations = candidate.sees(words.congratulations)
    candidate.sees(words.line_booked, asked.id)
    transcript.remark("the recruiter moves the interview")
    approved = recruiter.sees(words.approved, again.id)
    recruiter.presses(approved, words.move)
    times = recruiter.sees(words.move_when, again.id)
    transcript.remark("meanwhile a coordinator changes the room of the first time")
    desk.change_room(times.data(":").rsplit(":", 1)[-1], "Переговорная 9")
    recruiter.presses(times, ":")
    anew = recruiter.sees(words.list_changed, again.id)
    assert "Переговорная 9" in anew.labels[0]
    recruiter.presses(anew, ":")
    news = candidate.sees(words.new_time)
    transcript.remark("what was said before gives way to a line")
    for earlier in (asked, congratulations):
        candidate.sees(words.line_moved, earlier.id)
    is_refused_a_move(candidate, recruiter, words, news)
    recruiter.writes("/today")
    recruiter.sees(words.none_today)
    recruiter.writes("/schedule")
    recruiter.sees(words.by_day)

    (booking,) = store.bookings_of(user_id)
    assert (booking["status"], booking["moves"]) == ("booked", 0)  # the candidate made none unasked
    assert "Три года вела кружок" in desk.booking_page(booking["_id"])
    transcript.check(f"{language}/from_invitation_to_approval")


@pytest.mark.parametrize(("language", "words"), LANGUAGES)
def test_who_does_not_fit_is_told_politely_why(chats: Chats, language: str, words: Words) -> None:
    """R9: a branch that ends the questionnaire; coming back says the same and asks nothing."""
    user_id, name = (1005, "Екатерина Морозова") if language == "ru" else (1006, "Иван Волков")
    transcript = Transcript()
    candidate = transcript.follow(chats.person(user_id, name, language), "Candidate")

    candidate.writes("/start")
    schedule = answers_up_to_the_schedule(candidate, words, name)
    candidate.presses(schedule, words.remote)
    candidate.sees(words.sorry, schedule.id)
    candidate.writes("/start")
    candidate.sees(words.sorry, after=schedule)

    transcript.check(f"{language}/polite_rejection")


@contextmanager
def no_scans(stack: Stack) -> Iterator[None]:
    """What goes out by itself waits meanwhile: the worker begins nothing new."""
    stack.kill("worker", signal.SIGSTOP)
    try:
        yield
    finally:
        stack.kill("worker", signal.SIGCONT)


def asks_for_another_time(candidate: Followed, words: Words, news: Message) -> str:
    """The recruiter's first time but the one that was declined, which is not listed any more; as it is listed."""
    candidate.presses(news, words.choose_time)
    slots = candidate.sees(words.choose, news.id)
    time = next(label for label in slots.labels if ":" in label)
    candidate.presses(slots, time)
    candidate.presses(candidate.sees(words.sure, news.id), words.confirm)
    candidate.sees(words.waits, news.id)
    return time


def is_called_off(
    candidate: Followed, recruiter: Followed, words: Words, card: Message, recruiter_name: str
) -> list[str]:
    """The recruiter is ill, and the candidate looks at their other times: those that are listed then."""
    recruiter.presses(card, words.call_off)
    recruiter.presses(recruiter.sees(words.call_off_slot, card.id), words.call_off_and_withdraw)
    recruiter.presses(recruiter.sees(words.call_off_why, card.id), words.off_sick)
    recruiter.sees(words.called_off, card.id)
    news = candidate.sees(words.had_to_cancel)
    candidate.presses(news, words.choose_time)
    candidate.presses(candidate.sees(words.recruiters, news.id), recruiter_name)
    return candidate.sees(words.choose, news.id).labels


@pytest.mark.parametrize(("language", "words"), LANGUAGES)
def test_a_request_is_declined_with_a_reason_and_the_next_decided_in_the_desk(
    chats: Chats, desk: Desk, store: Store, stack: Stack, language: str, words: Words
) -> None:
    """R3: whoever acts, the card shows it; a press that comes too late changes nothing."""
    user_id, recruiter_id, recruiter_name = (1011, ANNA, "Анна") if language == "ru" else (1012, BORIS, "Борис")
    transcript = Transcript()
    recruiter = transcript.follow(chats.person(recruiter_id, recruiter_name, language), "Recruiter")
    name, username = ("Анастасия Степанова", "nastya_step") if language == "ru" else ("Максим Николаев", "max_nikolaev")
    person = chats.person(user_id, name, language, username)
    person.writes("/start")
    passes_the_questionnaire(person, words, name)
    person.writes("/start")
    asks_for_a_time(person, words, person.sees(words.recruiters), recruiter_name)
    candidate = transcript.follow(person, "Candidate")

    card = recruiter.sees(words.card)
    recruiter.presses(card, words.decline)
    recruiter.presses(recruiter.sees(words.what_to_decline, card.id), words.decline_time)
    recruiter.sees(words.why, card.id)
    recruiter.writes(words.reason)
    recruiter.sees(words.declined, card.id)
    news = candidate.sees(words.reason)
    transcript.remark("the declined time is not listed")
    time = asks_for_another_time(candidate, words, news)
    second = recruiter.sees(words.card, after=card)
    (request,) = store.bookings_of(user_id)
    transcript.remark("a coordinator approves it in the desk")
    with no_scans(stack):  # the news of it comes as a message of its own, and the card then only points there
        desk.decide_request(request["_id"], "Approve", "")
        recruiter.sees(words.approved, second.id)
    candidate.sees(words.congratulations)
    late = recruiter.person.presses_data(second, second.data(words.decline))
    recruiter.person.answer_to(late)
    recruiter.person.finds(words.approved, name)  # in the message that brought the news, where that has come meanwhile

    transcript.remark("the recruiter is ill")
    card = recruiter.finds(words.news_of_booking, name)
    assert time not in is_called_off(candidate, recruiter, words, card, recruiter_name)
    _declined, booking = store.bookings_of(user_id, live=False)
    assert (booking["status"], booking["version"]) == ("cancelled", 3)
    transcript.check(f"{language}/declined_and_decided_in_the_desk")
