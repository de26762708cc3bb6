"""Who is let in, and how the others are told (FR2, R10)."""

import pytest

from acceptance.desk import Desk
from acceptance.driving import Chats, opening
from acceptance.transcripts import Transcript

WORDS = {
    "ru": (
        "будут приходить сюда",
        "Вы уже с нами",
        "уже воспользовались",
        "отозвано",
        "не нашли",
        "для приглашённых",
        "Вера Ким",
    ),
    "en": (
        "will come here",
        "with us already",
        "has been used",
        "withdrawn",
        "couldn't find",
        "for invited candidates",
        "Grace Hall",
    ),
}


@pytest.mark.parametrize("language", WORDS)
def test_a_personal_link_lets_in_one_person_once(chats: Chats, desk: Desk, language: str) -> None:
    """R10: used, someone else's, revoked and unknown links say so; a recruiter learns what comes next."""
    joined, again, used, revoked, unknown, refused, name = WORDS[language]
    transcript = Transcript()
    first = 4001 if language == "ru" else 4011
    vera = transcript.follow(chats.person(first, name, language), "Recruiter")
    other = transcript.follow(chats.person(first + 1, "Олег", language), "Stranger")
    if language == "en":
        desk.add_recruiter(name)
    link = desk.invite_recruiter(name)
    transcript.remark("staff send the recruiter a personal link")

    vera.writes(opening(link))
    welcome = vera.sees(joined)
    assert not any("time" in label or "время" in label for label in welcome.labels)
    vera.writes(opening(link))
    vera.sees(again, after=welcome)
    other.writes("/start")
    other.sees(refused)
    transcript.remark("the link reaches somebody else")
    other.writes(opening(link))
    other.sees(used)
    late = desk.invite_candidate("Пётр" if language == "ru" else "Peter")
    desk.revoke_invitation("Пётр" if language == "ru" else "Peter")
    transcript.remark("a link that staff have taken back")
    other.writes(opening(late))
    other.sees(revoked)
    transcript.remark("a link that was cut off")
    other.writes(opening(late)[:-6])
    other.sees(unknown)

    transcript.check(f"{language}/getting_in")
