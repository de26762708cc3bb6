"""What candidates do on their way through the recruiting flow, for the tests that begin there."""

import re

from acceptance.conversation.words import Words
from acceptance.driving import Message, Person
from acceptance.transcripts import Followed, Transcript


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


def answers_everything(candidate: Followed, words: Words, name: str) -> Message:
    """All of the questionnaire, up to the menu of recruiters."""
    schedule = answers_up_to_the_schedule(candidate, words, name)
    candidate.presses(schedule, words.shifts)
    candidate.presses(candidate.sees(words.more, schedule.id), words.skip)
    return candidate.sees(words.recruiters, schedule.id)


def passes_the_questionnaire(person: Person, words: Words, name: str) -> None:
    """The same, with nobody writing it down."""
    answers_everything(Transcript().follow(person, "Candidate"), words, name)


def asks_for_a_time(
    candidate: Followed | Person, words: Words, menu: Message, recruiter_name: str, hours: str = ""
) -> Message:
    """From the menu of recruiters to a request that waits; the message that says so.

    ``hours``: the first slot shown whose label matches, in place of the first.
    """
    candidate.presses(menu, recruiter_name)
    slots = candidate.sees(words.choose, menu.id)
    candidate.presses(slots, next(label for label in slots.labels if re.search(hours + ":", label)))
    candidate.presses(candidate.sees(words.sure, menu.id), words.confirm)
    return candidate.sees(words.waits, menu.id)
