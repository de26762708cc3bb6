"""Whatever a model takes, the contract can tell: one rule for a value, on its way in and on its way out.

Values are made at and beyond each field's limits, checked by the model as every form and the CSV import does, stored,
and read by the API as the bot would.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import models
from django.test import Client
from django.utils.translation import override
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from prometheus_client import REGISTRY

from broadcasts.models import AnnouncementChat
from broadcasts.services.starting import Announcement, start_broadcast
from common import clock
from common.models import StampedModel, check_value
from common.mongo import collection
from common.refusals import RefusedError
from people.models import Candidate, City, ContactSettings, Office, Recruiter
from questionnaires.models import Choice, Question, Questionnaire
from questionnaires.services.publishing import publish
from scheduling.models import InterviewEvent, InterviewSlot
from shared_contracts.broadcast import broadcast_command
from shared_contracts.fields import is_line
from shared_contracts.transport.envelope import decode
from staffkit.forms.inputs import MessageText
from tests.api.conftest import BOT_TOKEN

LIMITED = settings(
    max_examples=100,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
ODD = "\x00\n\r\x0b\x85\u2028\u202e<&\U0001f600ёЖ \t'\"{}"
LINKS = st.builds(
    lambda scheme, rest: f"{scheme}://{rest}",
    st.sampled_from(["https", "Https", "HTTP", "tg", "TG", "ftp", "javascript"]),
    st.sampled_from(
        ["t.me/anna", "resolve?domain=abc", "localhost", "a b.c", "", "example.com:99999/x", "[::1]", "x.y\n"]
    )
    | st.text(max_size=210),
)


def texts(most: int) -> st.SearchStrategy[str]:
    """Texts around a limit, made of what forges lines, counts double or needs escaping, and of anything."""
    edges = st.builds(lambda char, by: char * (most + by), st.sampled_from("ё\U0001f600"), st.sampled_from([-1, 0, 1]))
    return st.text(st.sampled_from(ODD + "abc") | st.characters(exclude_categories=["Cs"]), max_size=12) | edges


def values(field: Any) -> st.SearchStrategy[Any]:
    """At and beyond a field's limits."""
    if isinstance(field, models.CharField | models.TextField):
        given_ = texts(field.max_length or 100)
        if field.choices:
            return st.sampled_from([key for key, _label in field.choices])
        return LINKS | given_ if "url" in field.name else given_
    if isinstance(field, models.BooleanField):
        return st.booleans()
    if isinstance(field, models.PositiveIntegerField | models.IntegerField | models.BigIntegerField):
        edges = [0, 1, 5, 1_000, 1_440, 2**31 - 1, 2**31, 2**53 - 1, 2**53, -1, -(2**53)]
        return st.sampled_from([*edges, None] if field.null else edges)
    raise TypeError(field)


def documents(model: type[StampedModel], *names: str, **plain: Any) -> st.SearchStrategy[Any]:
    """Unsaved documents: plain values, but for a few of the named fields."""
    made = {name: values(model._meta.get_field(name)) for name in names}
    odd = st.lists(st.sampled_from(names), max_size=3, unique=True)
    chosen = odd.flatmap(lambda some: st.fixed_dictionaries({name: made[name] for name in some}))
    return chosen.map(lambda given_: model(**{**plain, **given_}))


def takes(document: StampedModel, *leave_out: str) -> bool:
    """Whether the model takes it, as a form does."""
    try:
        document.clean_fields(exclude=list(leave_out))
        document.clean()
    except ValidationError:
        return False
    document.save()
    return True


def left_out() -> float:
    return sum(
        sample.value for metric in REGISTRY.collect() for sample in metric.samples if "left_out_total" in sample.name
    )


@pytest.fixture
def read() -> Callable[[str], list[dict[str, Any]]]:
    """A list as the bot reads it; nothing may be left out."""
    bot = Client(headers={"Authorization": f"Bearer {BOT_TOKEN}"})

    def reading(url: str) -> list[dict[str, Any]]:
        before = left_out()
        answer = bot.get(url)
        assert answer.status_code == 200, answer.content
        assert left_out() == before
        return list(answer.json()["results"])

    return reading


def empty(*names: str) -> None:
    for name in names:
        collection(name).delete_many({})


Read = Callable[[str], list[dict[str, Any]]]


def test_every_city_and_contact(read: Read) -> None:
    """Guards: ``LinkField`` and ``check_value``."""

    @LIMITED
    @given(documents(City, "name", "contact_url", name="Омск"), documents(ContactSettings, "contact_url"))
    def tell(city: City, contact: ContactSettings) -> None:
        empty("cities", "contact_settings")
        takes(contact)
        if takes(city):
            (told,) = read("/api/cities")
            assert told["name"] == city.name and is_line(city.name)
            assert told["contact_url"] == (city.contact_url or contact.contact_url or None) or contact.pk is None

    tell()


def test_every_candidate_and_recruiter(read: Read) -> None:
    """Guard: ``check_username``."""
    who = {"telegram_id": 7, "username": "anna_1"}
    people = documents(Candidate, "telegram_id", "username", "first_name", "last_name", first_name="Анна", **who)
    recruiters = documents(Recruiter, "telegram_id", "username", "name", "contact_url", name="Ольга", **who)

    @LIMITED
    @given(people, recruiters)
    def tell(person: Candidate, recruiter: Recruiter) -> None:
        empty("users", "recruiters")
        if takes(person, "city") and person.telegram_id:
            (told,) = read("/api/allowed-users")
            assert (told["first_name"], told["username"] or "") == (person.first_name, person.username)
        if takes(recruiter, "city", "deputy"):
            (told,) = read("/api/recruiters")
            assert told["name"] == recruiter.name

    tell()


EVENT = ("title", "description", "booking_cutoff_minutes", "pending_hours", "move_limit", "approval_required")


def test_every_event_and_slot(read: Read, moscow: City) -> None:
    """Guard: ``check_value``."""
    starts_at = clock.now() + timedelta(days=9)
    slots = documents(
        InterviewSlot,
        *("location", "room", "duration_minutes", "max_users"),
        starts_at=starts_at,
        closes_at=starts_at,
        location="Офис",
        city=moscow,
    )

    @LIMITED
    @given(documents(InterviewEvent, *EVENT, title="Набор"), slots)
    def tell(event: InterviewEvent, slot: InterviewSlot) -> None:
        empty("interview_events", "interview_slots")
        if not takes(event, "questionnaire"):
            return
        (told,) = read("/api/events")
        assert (told["title"], told["description"]) == (event.title, event.description)
        slot.event = event
        slot.ends_at = starts_at + timedelta(minutes=min(max(slot.duration_minutes or 0, 0), 10**6))
        if takes(slot, "event", "city", "recruiter", "booked_users"):
            (told,) = read(f"/api/available-slots?event={event.pk}")
            assert (told["location"], told["room"]) == (slot.location, slot.room)
            assert (told["duration_minutes"], told["free"]) == (slot.duration_minutes, slot.max_users)

    tell()


TEXTS = ("text_ru", "text_en", "hint_ru", "hint_en", "example_ru", "example_en", "reject_reason_ru", "reject_reason_en")
CHOICE = ("label_ru", "label_en", "effect", "text_ru", "text_en")


def test_every_published_questionnaire() -> None:
    """What ``problems`` lets through is published, and what is published is told."""
    bot = Client(headers={"Authorization": f"Bearer {BOT_TOKEN}"})
    questions = documents(
        Question,
        *TEXTS,
        "kind",
        "least",
        "most",
        "reject_below",
        "reject_above",
        "reject_reason_ru",
        "reject_reason_en",
    )
    choices = st.lists(documents(Choice, *CHOICE, label_ru="Да", label_en="Yes"), max_size=3)

    @LIMITED
    @given(
        documents(Questionnaire, "title_ru", "title_en", title_ru="Анкета", title_en="Questions"), questions, choices
    )
    def tell(questionnaire: Questionnaire, question: Question, offered: list[Choice]) -> None:
        if not takes(questionnaire):
            return
        question.questionnaire = questionnaire
        if takes(question, "questionnaire", "asked_if_choice"):
            for choice in offered:
                choice.question = question
                takes(choice, "question")
        try:
            number = publish(questionnaire, actor="anna")
        except RefusedError:
            return
        assert bot.get(f"/api/questionnaires/{questionnaire.pk}/versions/{number}").status_code == 200

    tell()


def test_every_announcement(event: InterviewEvent) -> None:
    @LIMITED
    @given(documents(AnnouncementChat, "title", "chat_id", title="Чат", chat_id=-1001), texts(3_500))
    def send(chat: AnnouncementChat, text: str) -> None:
        empty("announcement_chats", "outbox", "broadcasts")
        if not takes(chat):
            return
        try:
            start_broadcast(str(event.pk), Announcement(text=text, chat_ids=(chat.chat_id,)), actor="anna")
        except RefusedError:
            return
        row = collection("outbox").find_one({"queue": "bot.broadcast.command"})
        assert row and decode(broadcast_command, row["body"].encode()).chat_ids == [chat.chat_id]

    send()


@pytest.mark.parametrize("break_", ["\n", "\r", "\x0b", "\x0c", "\x85", "\u2028", "\u2029", "\x1b"])
def test_no_line_is_taken_that_could_forge_another(break_: str, moscow: City, event: InterviewEvent) -> None:
    """Guard: ``check_value``. Siblings: a person's name and a room."""
    text = f"Анна{break_}Ваша запись отменена"
    slot = InterviewSlot(event=event, city=moscow, starts_at=clock.now(), location="Офис", room=text)
    for document in (City(name=text), Candidate(first_name=text, telegram_id=7), InterviewEvent(title=text), slot):
        with pytest.raises(ValidationError, match="в одну строку"):
            document.clean_fields(exclude=["event", "city", "booked_users", "ends_at", "closes_at"])


@pytest.mark.parametrize(
    ("document", "name", "reads"),
    [
        (Candidate(first_name="\u202eяиинА\u200b", last_name="\u3164"), "first_name", "яиинА"),
        (Recruiter(name="Ольга\u2066\u200d  Орлова"), "name", "Ольга Орлова"),
        (InterviewEvent(title="На\u00adбор\u200e"), "title", "Набор"),
        (InterviewSlot(location="\u202eсифО\u200b"), "location", "сифО"),
        (InterviewSlot(room="\u202e7"), "room", "7"),
        (Office(name="О\u202eф"), "name", "Оф"),
        (Office(address="ул\u202eица"), "address", "улица"),
        (Office(directions="через\u202e двор"), "directions", "через двор"),
        (AnnouncementChat(title="\u202eЧат"), "title", "Чат"),
        (InterviewEvent(description="Опи\u202eсание\n👨\u200d👩"), "description", "Описание\n👨\u200d👩"),
        (City(contact_url="https://t.me/slotdesk\u202egnp"), "contact_url", "https://t.me/slotdeskgnp"),
        (City(contact_url="@slot\u200bdesk"), "contact_url", "https://t.me/slotdesk"),
        (Office(map_link="https://maps.example/\u202e7"), "map_link", "https://maps.example/7"),
        (InterviewSlot(video_link="https://meet.example/\u200b7"), "video_link", "https://meet.example/7"),
    ],
)
def test_a_name_is_kept_as_it_is_seen(document: StampedModel, name: str, reads: str) -> None:
    """Guards: ``NameField``, ``without_turns`` in ``clean_fields``, ``without_unseen`` in links."""
    document.clean_fields(exclude=[field.name for field in document._meta.concrete_fields if field.name != name])
    assert getattr(document, name) == reads


@pytest.mark.parametrize(
    ("first", "last", "username", "shown"),
    [
        ("Мария", "Ким\u200b", "masha", "Мария Ким"),
        ("\u200b\u2800", "", "masha", "@masha"),
        ("\u3164", "\u202e", "", "1001"),
    ],
)
def test_who_has_no_name_that_can_be_seen_is_shown_by_another(first: str, last: str, username: str, shown: str) -> None:
    """Guard: ``shown_name``."""
    assert str(Candidate(first_name=first, last_name=last, username=username, telegram_id=1001)) == shown


@pytest.mark.parametrize(
    "field", [InterviewEvent._meta.get_field("title"), InterviewEvent._meta.get_field("description")]
)
def test_what_staff_write_is_as_long_as_telegram_says(field: Any) -> None:
    """Guard: ``TelegramLength``."""
    check_value(field, "👍" * (field.max_length // 2))
    with override("en"), pytest.raises(ValidationError, match="Telegram counts"):
        check_value(field, "👍" * (field.max_length // 2 + 1))


def test_a_line_break_counts_once_in_what_staff_write_on_a_page() -> None:
    """Guard: ``MessageText``."""
    field = MessageText(max_length=5)
    assert field.clean("да\r\nда") == "да\nда"
    for text in ("👍👍👍", "да\r\nнет"):
        with pytest.raises(ValidationError, match="5"):
            field.clean(text)
