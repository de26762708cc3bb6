"""What people choose in chat: their language, consent to the privacy text, a recruiter's calendar address."""

import uuid
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from common import clock
from common.models import AuditEntry
from common.mongo import in_transaction
from messaging.models import OutboxMessage
from people.consumer import store_report
from people.models import Candidate, PrivacySettings, Recruiter
from people.services.calendar_links import calendar_of, give_calendar
from people.services.languages import store_language
from people.services.privacy import save_privacy
from shared_contracts.booking import Outcome
from shared_contracts.calendars import CalendarEntry
from shared_contracts.dialog import CalendarWanted, DialogOutcome, LanguageChosen, PrivacyAccepted
from shared_contracts.directory import AllowedUser, Page, PrivacyNotice, RecruiterCalendar
from tests.api.conftest import BOT_TOKEN
from tests.conftest import MakeSlot
from tests.helpers import asking, claiming

MARIA, ANNA = 1001, 2001


def envelope(telegram_id: int, at: datetime | None = None) -> dict[str, Any]:
    return {
        "message_id": uuid.uuid4(),
        "correlation_id": uuid.uuid4().hex,
        "occurred_at": at or clock.now(),
        "user_telegram_id": telegram_id,
    }


def chooses(language: Any, at: datetime | None = None, telegram_id: int = MARIA) -> LanguageChosen:
    return LanguageChosen(**envelope(telegram_id, at), language=language)


def store(item: LanguageChosen) -> None:
    in_transaction(lambda: store_language(item, clock.now()))


def read(path: str) -> Any:
    """What the bot is answered."""
    answer = Client(headers={"Authorization": f"Bearer {BOT_TOKEN}"}).get(path)
    assert answer.status_code == 200, answer.content
    return answer.content


@pytest.fixture
def anna() -> Recruiter:
    """Anna, a recruiter in chat."""
    return Recruiter.objects.create(name="Анна", telegram_id=ANNA, started_at=clock.now())


def test_a_chosen_language_is_kept_told_and_in_the_audit_trail(maria: Candidate, anna: Recruiter) -> None:
    """With the candidate and the recruiter whom that Telegram account is; the bot reads it with the allow list."""
    Recruiter.objects.filter(pk=anna.pk).update(telegram_id=MARIA)
    before = maria.listed_at
    store(chooses("en"))
    for person in (maria, anna):
        person.refresh_from_db()
        assert person.language == "en"
    assert maria.listed_at > before
    entries = AuditEntry.objects.filter(action="language_chosen").order_by("subject")
    assert [(entry.subject, entry.actor, entry.via, entry.after) for entry in entries] == [
        ("candidate", f"candidate:{MARIA}", "chat", {"language": "en"}),
        ("recruiter", f"recruiter:{MARIA}", "chat", {"language": "en"}),
    ]
    assert OutboxMessage.objects.filter(queue="bot.cache.invalidate").count() == 2


def test_telegrams_language_does_not_overwrite_the_chosen_one(maria: Candidate, anna: Recruiter) -> None:
    """Guard: ``language`` beside ``language_code``: the next contact changes the latter alone."""
    for telegram_id in (MARIA, ANNA):
        store(chooses("ru", telegram_id=telegram_id))
        start = claiming.starts(telegram_id, "somebody")
        in_transaction(lambda start=start: store_report(start, clock.now()))  # type: ignore[misc]
    for person in (maria, anna):
        person.refresh_from_db()
        assert (person.language, person.language_code) == ("ru", "en")


def test_an_older_choice_that_comes_late_changes_nothing(maria: Candidate) -> None:
    """Guard: ``language_at``; a repeat leaves no second entry either."""
    now = clock.now()
    newer = chooses("en", now)
    for item in (newer, chooses("ru", now - timedelta(minutes=1)), newer):
        store(item)
    maria.refresh_from_db()
    assert maria.language == "en"
    assert AuditEntry.objects.filter(action="language_chosen").count() == 1


def write(privacy: PrivacySettings, text: str, *, ask_again: bool = False) -> PrivacySettings:
    privacy.text_ru, privacy.text_en = text and f"{text} по-русски", text and f"{text} in English"
    save_privacy(privacy, ask_again=ask_again, actor="anna")
    return PrivacySettings.objects.get()


def agrees(version: int, event_id: str | None = None) -> DialogOutcome:
    return claiming.result(PrivacyAccepted(**envelope(MARIA), version=version, event_id=event_id)).outcome


def test_a_changed_text_is_a_new_version_and_asked_about_only_where_staff_say_so() -> None:
    """Guard: ``ask_again``."""
    privacy = write(PrivacySettings(), "First")
    assert (privacy.version, privacy.consent_version) == (1, 1)
    privacy = write(privacy, "First")
    assert (privacy.version, privacy.consent_version) == (1, 1)
    privacy = write(privacy, "First, a slip put right")
    assert (privacy.version, privacy.consent_version) == (2, 1)
    privacy = write(privacy, "Second", ask_again=True)
    assert (privacy.version, privacy.consent_version) == (3, 3)
    privacy = write(privacy, "")
    assert (privacy.version, privacy.consent_version) == (4, 3)
    last = AuditEntry.objects.filter(subject="privacy").order_by("created_at").last()
    assert last is not None
    assert (last.before["text_en"], last.after["text_en"]) == ("Second in English", "")


def test_consent_is_kept_with_its_version_and_in_the_audit_trail(maria: Candidate) -> None:
    """Once for each version; a version that was never in force is nobody's."""
    write(PrivacySettings(), "First")
    event_id = "e" * 24
    assert agrees(2) is DialogOutcome.NOT_ALLOWED
    before = clock.now()
    assert [agrees(1, event_id), agrees(1, event_id)] == [DialogOutcome.ACCEPTED] * 2
    maria.refresh_from_db()
    assert maria.privacy_version == 1
    assert maria.privacy_accepted_at is not None
    assert maria.privacy_accepted_at >= before - timedelta(milliseconds=1)
    (entry,) = AuditEntry.objects.filter(action="privacy_accepted")
    assert (entry.actor, entry.before, entry.after) == (
        f"candidate:{MARIA}",
        {"privacy_version": None},
        {"privacy_version": 1},
    )
    assert OutboxMessage.objects.filter(queue="bot.cache.invalidate").count() == 2  # the text, the entry


def test_the_bot_reads_language_text_and_consent(maria: Candidate) -> None:
    """``GET /api/allowed-users``, ``GET /api/privacy``: what it needs for every press, in what it keeps anyway."""
    assert PrivacyNotice.model_validate_json(read("/api/privacy")).ru is None
    write(PrivacySettings(link="https://example.org/privacy"), "First")
    notice = PrivacyNotice.model_validate_json(read("/api/privacy"))
    assert (notice.version, notice.in_("en"), notice.link) == (1, "First in English", "https://example.org/privacy")
    assert notice.needs_consent(None)
    store(chooses("en"))
    agrees(1)
    (entry,) = Page[AllowedUser].model_validate_json(read(f"/api/allowed-users?telegram_id={MARIA}")).results
    assert (entry.language, entry.privacy_version) == ("en", 1)
    assert not notice.needs_consent(entry.privacy_version)


def test_consent_gates_new_sign_ups_only(maria: Candidate, ivan: Candidate, make_slot: MakeSlot) -> None:
    """Guard: ``_must_agree_first``. What is booked is moved and cancelled without; staff book without."""
    first, second = make_slot(capacity=2), make_slot(timedelta(days=3), capacity=2)
    assert asking.outcome(asking.book(maria, first)) is Outcome.BOOKED
    write(PrivacySettings(), "First")
    assert asking.outcome(asking.book(ivan, first)) is Outcome.NOT_ALLOWED
    assert asking.outcome(asking.move(maria, asking.the_booking(maria), second)) is Outcome.MOVED
    assert asking.outcome(asking.cancel(maria, asking.the_booking(maria))) is Outcome.CANCELLED
    assert asking.outcome(asking.book(maria, first)) is Outcome.NOT_ALLOWED
    agrees(1)
    assert asking.outcome(asking.book(maria, first)) is Outcome.BOOKED


def test_a_recruiter_makes_their_calendars_address_and_is_told_it_again(
    anna: Recruiter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Guard: ``calendar_salt``. The same address each time, readable; a new one ends it; no database holds it."""
    monkeypatch.setattr(settings.ENV, "desk_url", "https://desk.example.org")
    path = f"/api/recruiter-calendar?telegram_id={ANNA}"
    none = RecruiterCalendar.model_validate_json(read(path))
    assert (none.can_be_told, none.is_made, none.url) == (True, False, None)
    assert claiming.result(CalendarWanted(**envelope(ANNA))).outcome is DialogOutcome.ACCEPTED
    first = RecruiterCalendar.model_validate_json(read(path)).url
    assert first and first == RecruiterCalendar.model_validate_json(read(path)).url
    assert Client().get(first.removeprefix("https://desk.example.org")).status_code == 200
    (made,) = AuditEntry.objects.filter(action="calendar_made")
    assert (made.actor, made.via) == (f"recruiter:{ANNA}", "chat")
    anna.refresh_from_db()
    assert first.rpartition("/")[2].removesuffix(".ics") not in {anna.calendar_salt, anna.calendar_token_hash}

    tokens = give_calendar(str(anna.pk), actor="daria")
    second = RecruiterCalendar.model_validate_json(read(path)).url
    assert second == f"https://desk.example.org/calendar/{tokens.of(anna.pk)}.ics" != first
    assert Client().get(first.removeprefix("https://desk.example.org")).status_code == 404


def test_an_address_of_before_works_and_can_not_be_told(anna: Recruiter, monkeypatch: pytest.MonkeyPatch) -> None:
    """It has no salt. Without ``DESK_URL`` none can be told; who is no recruiter has none."""
    monkeypatch.setattr(settings.ENV, "desk_url", "https://desk.example.org")
    Recruiter.objects.update(calendar_token_hash="0" * 64)
    assert calendar_of(ANNA) == RecruiterCalendar(can_be_told=True, is_made=True, url=None)
    monkeypatch.setattr(settings.ENV, "desk_url", None)
    assert calendar_of(ANNA) == RecruiterCalendar(can_be_told=False, is_made=True, url=None)
    assert claiming.result(CalendarWanted(**envelope(MARIA))).outcome is DialogOutcome.UNKNOWN
    Recruiter.objects.update(is_active=False)
    assert calendar_of(ANNA) is None


def test_a_candidates_calendar_entries_are_their_booked_interviews(maria: Candidate, make_slot: MakeSlot) -> None:
    """``GET /api/calendar-entries``."""
    path = f"/api/calendar-entries?telegram_id={MARIA}"
    assert Page[CalendarEntry].model_validate_json(read(path)).results == []
    slot = make_slot()
    asking.in_batch(asking.book(maria, slot))
    (entry,) = Page[CalendarEntry].model_validate_json(read(path)).results
    booking = asking.the_booking(maria)
    assert (entry.uid, entry.sequence, entry.method) == (f"{booking['_id']}@slotdesk", 1, "PUBLISH")
    assert entry.place == "Офис на Тверской, комн. 3.14, Москва"
