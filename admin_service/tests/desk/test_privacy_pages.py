"""The privacy text in the desk, and what people have chosen in chat, as staff see it."""

from django.test import Client
from django.urls import reverse

from common import clock
from people.models import Candidate, PrivacySettings, Recruiter
from tests.desk.conftest import Text
from tests.helpers.staff_client import StaffClient

ADD = reverse("admin:people_privacysettings_add")


def write(desk: Client, url: str, **fields: str) -> str:
    values = {"text_ru": "Храним год.", "text_en": "We keep it for a year.", "link": ""}
    return desk.post(url, {**values, **fields}, follow=True).content.decode()


def test_staff_write_the_text_and_say_whether_everybody_is_asked_again(desk: StaffClient) -> None:
    """The box is ticked once; it is not remembered."""
    write(desk, ADD)
    privacy = PrivacySettings.objects.get()
    assert (privacy.text_en, privacy.version, privacy.consent_version) == ("We keep it for a year.", 1, 1)
    page = reverse("admin:people_privacysettings_change", args=[privacy.pk])
    write(desk, page, text_en="We keep it for two years.")
    write(desk, page, text_en="We keep it for three years.", ask_again="on")
    privacy.refresh_from_db()
    assert (privacy.text_en, privacy.version, privacy.consent_version) == ("We keep it for three years.", 3, 3)
    assert "who has agreed to version 3 or a later one is not asked again" in desk.get(page).content.decode()


def test_a_text_in_one_language_or_too_long_for_telegram_is_refused(desk: StaffClient) -> None:
    """Guards: ``PrivacySettings.clean``; ``TelegramLength`` counts an emoji as two."""
    assert "Write it in both languages" in write(desk, ADD, text_en="")
    assert "At most 3000 characters" in write(desk, ADD, text_ru="🙂" * 1_501)
    assert not PrivacySettings.objects.exists()


def test_staff_see_a_persons_language_and_consent(
    desk: StaffClient, text: Text, maria: Candidate, olga: Recruiter
) -> None:
    """On the pages, in the list and in its download."""
    page = reverse("admin:people_candidate_change", args=[maria.pk])
    Candidate.objects.update(language_code="uk")
    assert "as in Telegram: uk" in text(page)
    Candidate.objects.update(language="en", privacy_version=2, privacy_accepted_at=clock.now())
    Recruiter.objects.update(language="ru")
    assert "English, chosen in chat" in text(page)
    assert "version 2, " in text(page)
    assert "Russian, chosen in chat" in text(reverse("admin:people_recruiter_change", args=[olga.pk]))
    listed = reverse("admin:people_candidate_changelist")
    assert "version 2, " not in text(listed), "a column that would be empty for all is left out"
    PrivacySettings.objects.create(text_ru="Храним год.", text_en="Kept for a year.", version=2)
    assert "version 2, " in text(listed)
    exported = b"".join(desk.get(f"{listed}?_export=csv").streaming_content).decode()  # type: ignore[attr-defined]
    assert "Privacy text agreed to" in exported
    assert "version 2, " in exported
