"""The recruiting flow's voice: invitation, questionnaire, recruiter, time, approval (R3, R9, R10, R11)."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from acceptance.desk import Desk
from acceptance.driving import Chats, Message, Store, opening
from acceptance.transcripts import Followed, Transcript

QUICK, RECRUITING = "Специалист поддержки", "Набор в отдел заботы"
ANNA, BORIS = 2001, 2002


@dataclass(frozen=True)
class Words:
    """What people look for on the screen."""

    welcome: str
    name: str
    city: str
    age: str
    number: str
    experience: str
    other_field: str
    clarify: str
    schedule: str
    shifts: str
    remote: str
    more: str
    skip: str
    recruiters: str
    choose: str
    sure: str
    confirm: str
    waits: str
    card: str
    card_move: str
    asked: str
    other_time: str
    when_instead: str
    sure_to_move: str
    approve: str
    approved: str
    congratulations: str
    sorry: str


RU = Words(
    welcome="Добро пожаловать",
    name="Как вас зовут?",
    city="В каком городе",
    age="Сколько вам полных лет?",
    number="Нужно целое число",
    experience="Вы уже работали с клиентами?",
    other_field="В другой сфере",
    clarify="Расскажите в двух словах",
    schedule="Какой график вам подходит?",
    shifts="Сменный",
    remote="Только удалённо",
    more="Что нам ещё стоит о вас знать?",
    skip="Пропустить",
    recruiters="К какому рекрутеру",
    choose="Выберите удобное время",
    sure="Записать вас на это время?",
    confirm="Подтвердить",
    waits="рекрутер должен подтвердить",
    card="Ждёт вашего ответа",
    card_move="Перенести",
    asked="просит выбрать другое время",
    other_time="Выбрать другое время",
    when_instead="На какое время перенести?",
    sure_to_move="Перенести вашу запись на это время?",
    approve="Подтвердить",
    approved="Подтверждена",
    congratulations="поздравляем",
    sorry="только в офисе",
)
EN = Words(
    welcome="Welcome",
    name="What is your name?",
    city="In which city",
    age="How old are you?",
    number="whole number",
    experience="Have you worked with customers before?",
    other_field="In another field",
    clarify="Tell us in a few words",
    schedule="Which schedule suits you?",
    shifts="Shifts",
    remote="Remote only",
    more="What else should we know about you?",
    skip="Skip",
    recruiters="Which recruiter",
    choose="Choose a time that suits you",
    sure="Shall we book this time for you?",
    confirm="Confirm",
    waits="has to approve",
    card="Waiting for your answer",
    card_move="Move",
    asked="asks you to choose another time",
    other_time="Choose another time",
    when_instead="When would you like to come instead?",
    sure_to_move="Shall we move your booking to this time?",
    approve="Approve",
    approved="Approved",
    congratulations="Congratulations",
    sorry="in the office only",
)
LANGUAGES = [("ru", RU), ("en", EN)]


@pytest.fixture(autouse=True, scope="module")
def _recruiting_is_open(desk: Desk) -> Iterator[None]:
    """The recruiting event alone; a request lives until an hour before its start, so that texts stand still."""
    desk.change_event(QUICK, is_open=False)
    desk.change_event(RECRUITING, is_open=True, pending_hours=240)
    yield
    desk.change_event(RECRUITING, is_open=False)
    desk.change_event(QUICK, is_open=True)


def answers_up_to_the_schedule(candidate: Followed, words: Words, name: str) -> Message:
    """From the first question to that of the schedule, with one slip on the way."""
    candidate.sees(words.name)
    candidate.writes(name)
    city = candidate.sees(words.city)
    candidate.presses(city, "Москва")
    candidate.sees(words.age, city.id)
    candidate.writes("двадцать четыре")
    candidate.sees(words.number)
    candidate.writes("24")
    experience = candidate.sees(words.experience)
    candidate.presses(experience, words.other_field)
    candidate.sees(words.clarify, experience.id)
    candidate.writes("Три года вела кружок в школе")
    return candidate.sees(words.schedule)


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
    schedule = answers_up_to_the_schedule(candidate, words, "Мария Петрова")
    candidate.presses(schedule, words.shifts)
    candidate.presses(candidate.sees(words.more, schedule.id), words.skip)
    menu = candidate.sees(words.recruiters, schedule.id)
    candidate.presses(menu, recruiter_name)
    slots = candidate.sees(words.choose, menu.id)
    candidate.presses(slots, ":")
    candidate.presses(candidate.sees(words.sure, menu.id), words.confirm)
    candidate.sees(words.waits, menu.id)
    card = recruiter.sees(words.card)
    assert "Мария Петрова" in card.text
    assert "Три года вела кружок" in card.text

    recruiter.presses(card, words.card_move)
    asked = candidate.sees(words.asked)
    candidate.presses(asked, words.other_time)
    slots = candidate.sees(words.when_instead, asked.id)
    candidate.presses(slots, ":")
    candidate.presses(candidate.sees(words.sure_to_move, asked.id), words.confirm)
    candidate.sees(words.waits, asked.id)
    recruiter.presses(recruiter.sees(words.card, card.id), words.approve)
    recruiter.sees(words.approved, card.id)
    candidate.sees(words.congratulations)

    (booking,) = store.bookings_of(user_id)
    assert booking["status"] == "booked"
    assert "Три года вела кружок" in desk.booking_page(booking["_id"])
    transcript.check(f"{language}/from_invitation_to_approval")


@pytest.mark.parametrize(("language", "words"), LANGUAGES)
def test_who_does_not_fit_is_told_politely_why(chats: Chats, language: str, words: Words) -> None:
    """R9: a branch that ends the questionnaire; coming back says the same and asks nothing."""
    user_id = 1005 if language == "ru" else 1006
    transcript = Transcript()
    candidate = transcript.follow(chats.person(user_id, "Иван", language), "Candidate")

    candidate.writes("/start")
    schedule = answers_up_to_the_schedule(candidate, words, "Иван Волков")
    candidate.presses(schedule, words.remote)
    candidate.sees(words.sorry, schedule.id)
    candidate.writes("/start")
    candidate.sees(words.sorry, after=schedule)

    transcript.check(f"{language}/polite_rejection")
