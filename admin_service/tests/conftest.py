"""People and places that tests share. Real MongoDB, one test database a run; emptied after each test."""

import gc
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from datetime import datetime, timedelta
from typing import Any

import pytest
from bson import ObjectId
from django.template import Context, Template
from django.test import override_settings
from django.test.utils import _TestState
from django.utils.safestring import SafeString
from hypothesis import HealthCheck, settings
from pymongo.database import Database
from pytest_django.plugin import DjangoDbBlocker

from common import clock
from common.mongo import collection, connection
from message_templates.models import MessageTemplate
from message_templates.services.seeding import seed_defaults
from people.models import Candidate, City, ContactSettings, Recruiter
from scheduling.models import InterviewEvent, InterviewSlot
from tests.helpers.waiting import zone_where_it_is

# How long one example takes says how busy the machine is, not whether the rules are right.
settings.register_profile("without a clock", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("without a clock")

MADE_BY_MIGRATE = {
    "auth_group",
    "auth_group_permissions",
    "auth_permission",
    "django_content_type",
    "django_migrations",
}
MakeSlot = Callable[..., InterviewSlot]
MakeCandidate = Callable[..., Candidate]


def pytest_collection_finish() -> None:
    """What is imported by now stays: to look through it again and again for garbage is an eighth of a run."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


@pytest.fixture(scope="session", autouse=True)
def _static_files_are_found_when_asked_for() -> Iterator[None]:
    """WhiteNoise reads every static file for each test's client otherwise, which takes longer than the pages."""
    with override_settings(WHITENOISE_AUTOREFRESH=True):
        yield


@pytest.fixture(scope="session", autouse=True)
def _passwords_are_hashed_quickly() -> Iterator[None]:
    """A hash that is hard to guess takes longer than the test that logs in."""
    with override_settings(PASSWORD_HASHERS=["tests.helpers.hashing.QuickHasher"]):
        yield


@pytest.fixture(scope="session", autouse=True)
def _a_page_is_remembered_once() -> Iterator[None]:
    """Django's test client copies the context of every template, of which a page has two hundred; ours the page's."""
    remembering, rendering = Template._render, _TestState.saved_data.template_render  # type: ignore[attr-defined]
    in_page = ContextVar("in_page", default=False)

    def render(template: Template, context: Context) -> SafeString:
        if in_page.get():
            return rendering(template, context)  # type: ignore[no-any-return]
        token = in_page.set(True)
        try:
            return remembering(template, context)  # type: ignore[no-any-return]
        finally:
            in_page.reset(token)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Template, "_render", render)
        yield


@pytest.fixture(scope="session")
def _test_database(django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """A database of this run's own, migrated. pytest-django makes one only for tests that carry its mark."""
    with django_db_blocker.unblock():
        name = connection.settings_dict["NAME"]
        connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        _empty()  # the texts an installation starts with
    yield
    with django_db_blocker.unblock():
        connection.creation.destroy_test_db(name, verbosity=0)


@pytest.fixture(autouse=True)
def _database(_test_database: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Every test here may touch the database: transactions are real and visible to other threads.

    Django's own flush would make every permission anew after each test, which takes longer than the tests.
    """
    with django_db_blocker.unblock():
        yield
        _empty()


def _empty() -> None:
    database = connection.get_database()
    names = set(database.list_collection_names()) - MADE_BY_MIGRATE
    for name in _not_empty(database, sorted(names)):
        database[name].delete_many({})


def _not_empty(database: Database[dict[str, Any]], names: list[str]) -> list[str]:
    """Those of the collections that hold anything, found in one round trip: most tests touch a few of many."""

    def looking_into(name: str) -> list[dict[str, Any]]:
        return [{"$limit": 1}, {"$project": {"_id": 0, "name": {"$literal": name}}}]

    first, *others = names
    stages = ({"$unionWith": {"coll": name, "pipeline": looking_into(name)}} for name in others)
    return [found["name"] for found in database[first].aggregate([*looking_into(first), *stages])]


@pytest.fixture
def moscow() -> City:
    """Moscow, whose responsible person is Anna."""
    return City.objects.create(name="Москва", contact_url="https://t.me/anna_moscow")


@pytest.fixture
def by_day(moscow: City) -> None:
    """It is noon where Moscow's people are, so that nobody is in their quiet hours whenever the tests run."""
    City.objects.filter(pk=moscow.pk).update(timezone=zone_where_it_is(12))
    moscow.refresh_from_db()


@pytest.fixture
def default_contact() -> ContactSettings:
    """Whom to ask where a city names nobody."""
    return ContactSettings.objects.create(contact_url="https://t.me/slotdesk_help")


@pytest.fixture
def olga(moscow: City) -> Recruiter:
    """Olga the recruiter, in Moscow, known to Telegram."""
    return Recruiter.objects.create(name="Ольга Смирнова", city=moscow, telegram_id=5001, started_at=clock.now())


@pytest.fixture
def event() -> InterviewEvent:
    """An open interview event with the default rules."""
    return InterviewEvent.objects.create(title="Собеседование аналитиков")


@pytest.fixture
def approval_event() -> InterviewEvent:
    """An open interview event whose requests a recruiter approves."""
    return InterviewEvent.objects.create(title="Собеседование тимлидов", approval_required=True)


@pytest.fixture
def make_slot(event: InterviewEvent, moscow: City) -> MakeSlot:
    """Makes slots: in two days' time with one seat unless told otherwise."""

    def make(
        starts_in: timedelta = timedelta(days=2),
        capacity: int = 1,
        of: InterviewEvent | None = None,
        **fields: object,
    ) -> InterviewSlot:
        starts_at: datetime = clock.now() + starts_in
        its_event = of or event
        values = {
            "city": moscow,
            "location": "Офис на Тверской",
            "room": "3.14",
            "duration_minutes": 20,
            "ends_at": starts_at + timedelta(minutes=20),
            "closes_at": starts_at - timedelta(minutes=its_event.booking_cutoff_minutes),
        }
        return InterviewSlot.objects.create(
            event=its_event, starts_at=starts_at, max_users=capacity, **{**values, **fields}
        )

    return make


@pytest.fixture
def make_candidate() -> MakeCandidate:
    """Makes people on the allow list, numbered from 1001."""
    numbers = iter(range(1001, 10_000))

    def make(**fields: object) -> Candidate:
        number = next(numbers)
        values = {
            "telegram_id": number,
            "first_name": f"Кандидат {number}",
            "username": f"candidate_{number}",
        }
        return Candidate.objects.create(**{**values, **fields})

    return make


@pytest.fixture
def maria(make_candidate: MakeCandidate) -> Candidate:
    """Maria the candidate."""
    return make_candidate(first_name="Мария", last_name="Петрова", username="maria_p")


@pytest.fixture
def ivan(make_candidate: MakeCandidate) -> Candidate:
    """Ivan the candidate."""
    return make_candidate(first_name="Иван", last_name="Сидоров", username="ivan_s")


@pytest.fixture
def congratulation() -> MessageTemplate:
    """The default Russian text of an approval, among all the texts an installation starts with."""
    seed_defaults()
    collection("outbox").delete_many({})
    return MessageTemplate.objects.get(key="booking_approved.ru.default")


@pytest.fixture
def nobody() -> ObjectId:
    """An id of nothing."""
    return ObjectId()
