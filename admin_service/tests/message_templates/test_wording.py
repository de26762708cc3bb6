"""Message templates (R5): what can be saved, what is kept of it, and what an installation starts with."""

from collections.abc import Iterator
from functools import partial

import pytest
from bson import ObjectId
from django.utils.translation import override
from pymongo.errors import DuplicateKeyError

from common.models import AuditEntry
from common.mongo import collection
from common.refusals import RefusedError
from message_templates.domain.catalogue import MESSAGE_KINDS
from message_templates.models import MessageTemplate, TemplateRevision
from message_templates.services.rules import check_text
from message_templates.services.seeding import default_texts, seed_defaults
from message_templates.services.templates import back_to_default, make_own_text, restore_text, save_text
from message_templates.services.variables import TEMPLATE_VARIABLES
from people.models import City
from shared_contracts.notification import NotificationKind
from shared_contracts.texts.message_templates import LANGUAGES, VARIABLES
from tests.scheduling.test_races import together

APPROVED, REJECTED = NotificationKind.BOOKING_APPROVED, NotificationKind.BOOKING_REJECTED
GOOD = "{date} {time}, {minutes} мин\n{place}"


@pytest.fixture(autouse=True)
def _in_russian() -> Iterator[None]:
    """Whatever language the desk's last page was in."""
    with override("ru"):
        yield


def refusal(text: str, kind: NotificationKind = APPROVED) -> str:
    with pytest.raises(RefusedError) as refused:
        check_text(kind, text)
    assert set(refused.value.errors) == {"text"}
    return refused.value.errors["text"]


@pytest.mark.parametrize(("kind", "language"), default_texts())
def test_every_default_is_a_text_that_staff_could_save(kind: NotificationKind, language: str) -> None:
    check_text(kind, default_texts()[kind, language])


def test_every_default_that_says_where_and_with_whom_says_what_to_bring() -> None:
    """Guard: the line with ``{bring}``; nobody comes without their passport since the reminder alone named it."""
    silent = {of for of, text in default_texts().items() if "{place}\n👤 {recruiter}" in text and "{bring}" not in text}
    assert silent == set()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (GOOD + "\n{imya} {colour}", "{colour}, {imya}"),
        ("{date} {time}", "{minutes}, {place}"),
        (GOOD + "\n{", "скобки"),
        (GOOD + "\n{name.__class__}", "скобки"),
        (GOOD + "\n<b>жирно", 'Can\'t find end tag corresponding to start tag "b"'),
        (GOOD + "\n<div>x</div>", 'строка 3: Unsupported start tag "div"'),
        (GOOD + "\nесли 5 < 6", 'строка 3: Unsupported start tag ""'),
        (GOOD + "\n<{name}>", "строка 3: Unsupported"),
    ],
)
def test_a_text_that_can_not_be_sent_is_refused_with_the_variable_or_telegrams_reason(text: str, told: str) -> None:
    assert told in refusal(text)


def test_a_tag_that_would_go_with_a_line_left_out_is_refused() -> None:
    """Guard: ``_what_may_be_missing``. With every value it is whole; without a reason it is not."""
    told = refusal(GOOD + "\n<i>Причина: {reason}\n{name}</i>")

    assert "Без {name}" in told or "Без {reason}" in told
    assert 'tag "i"' in told


def test_what_must_be_named_may_not_share_its_line_with_what_may_be_empty() -> None:
    """Guard: ``_check_lines``. Without a recruiter the line goes, and the time with it."""
    assert "{time}" in refusal("{date}\n{time}, рекрутер {recruiter}\n{minutes} мин, {place}")


def test_an_offer_always_has_its_end() -> None:
    check_text(NotificationKind.SLOT_OFFERED, "{date} {time} {place}, ответьте до {until}")


def test_a_text_too_long_for_telegram_with_long_names_is_refused() -> None:
    """Guard: ``_check_length``. It fits with common names."""
    assert "4096" in refusal(GOOD + "\n" + "{reason}\n" * 3 + "ж" * 1_200)
    check_text(APPROVED, GOOD + "\n{reason}\n" + "ж" * 1_200)


def test_the_texts_an_installation_starts_with_are_complete() -> None:
    seed_defaults()

    there = set(MessageTemplate.objects.filter(city=None).values_list("kind", "language"))
    assert there == {(kind.value, language) for kind in NotificationKind for language in LANGUAGES}
    assert TemplateRevision.objects.filter(action="seeded", number=1).count() == len(there)
    assert collection("outbox").count_documents({"body": {"$regex": "templates"}}) == 1


def test_a_later_migrate_adds_what_is_missing_and_leaves_staffs_texts_alone(congratulation: MessageTemplate) -> None:
    """Guard: ``key_of(...) in there``."""
    save_text(str(congratulation.pk), GOOD, seen_version=1, actor="anna")
    MessageTemplate.objects.filter(kind="slot_offered").delete()
    seed_defaults()

    congratulation.refresh_from_db()
    assert (congratulation.text, congratulation.version) == (GOOD, 2)
    assert MessageTemplate.objects.filter(kind="slot_offered").count() == len(LANGUAGES)


def test_a_later_migrate_brings_newer_words_where_staff_never_wrote_any(congratulation: MessageTemplate) -> None:
    """Guard: ``_came_with_the_product``."""
    MessageTemplate.objects.filter(pk=congratulation.pk).update(text="Старые слова")
    seed_defaults()
    seed_defaults()

    congratulation.refresh_from_db()
    assert (congratulation.text, congratulation.version) == (default_texts()[APPROVED, "ru"], 2)
    assert TemplateRevision.objects.get(number=2).action == "seeded"


def test_a_saved_text_is_a_new_version_with_a_revision_and_an_audit_entry(congratulation: MessageTemplate) -> None:
    """I7."""
    save_text(str(congratulation.pk), GOOD, seen_version=1, actor="anna")

    congratulation.refresh_from_db()
    assert (congratulation.text, congratulation.version) == (GOOD, 2)
    revision = TemplateRevision.objects.get(number=2)
    assert (revision.text, revision.action, revision.actor) == (GOOD, "changed", "staff:anna")
    entry = AuditEntry.objects.get()
    assert (entry.subject, entry.action, entry.actor) == ("template", "changed", "staff:anna")
    assert (entry.before["text_version"], entry.after["text_version"]) == (1, 2)


def test_the_same_text_again_is_no_new_version(congratulation: MessageTemplate) -> None:
    save_text(str(congratulation.pk), congratulation.text, seen_version=1, actor="anna")

    assert not AuditEntry.objects.exists()
    assert not TemplateRevision.objects.filter(number=2).exists()


@pytest.mark.parametrize("text", ["{date}", GOOD + "<b>", GOOD + "{name"])
def test_a_broken_text_changes_nothing(congratulation: MessageTemplate, moscow: City, text: str) -> None:
    """Guard: ``check_text`` in every use case that takes a text."""
    with pytest.raises(RefusedError):
        save_text(str(congratulation.pk), text, seen_version=1, actor="anna")
    with pytest.raises(RefusedError):
        make_own_text(APPROVED, "ru", moscow.pk, text, actor="anna")

    assert MessageTemplate.objects.filter(kind=APPROVED.value).count() == len(LANGUAGES)
    assert not AuditEntry.objects.exists()


def test_who_saves_over_someone_elses_change_is_told_and_changes_nothing(congratulation: MessageTemplate) -> None:
    """Guard: the version in the condition of the update."""
    save_text(str(congratulation.pk), GOOD, seen_version=1, actor="anna")

    with pytest.raises(RefusedError, match="Кто-то уже изменил"):
        save_text(str(congratulation.pk), GOOD + "!", seen_version=1, actor="boris")
    with pytest.raises(RefusedError, match="Кто-то уже изменил"):
        restore_text(str(congratulation.pk), number=1, seen_version=1, actor="boris")

    congratulation.refresh_from_db()
    assert (congratulation.text, congratulation.version) == (GOOD, 2)


def test_an_earlier_version_is_restored_as_a_new_one(congratulation: MessageTemplate) -> None:
    template_id, first = str(congratulation.pk), congratulation.text
    save_text(template_id, GOOD, seen_version=1, actor="anna")
    restore_text(template_id, number=1, seen_version=2, actor="boris")

    congratulation.refresh_from_db()
    assert (congratulation.text, congratulation.version) == (first, 3)
    revision = TemplateRevision.objects.get(number=3)
    assert (revision.action, revision.restored_from, revision.text) == ("restored", 1, first)


def test_a_version_that_todays_rules_refuse_is_not_restored(congratulation: MessageTemplate) -> None:
    TemplateRevision.objects.filter(kind="booking_approved", language="ru").update(text="<b>{date}")

    with pytest.raises(RefusedError, match="не хватает"):
        restore_text(str(congratulation.pk), number=1, seen_version=1, actor="anna")
    with pytest.raises(RefusedError, match="Такой версии нет"):
        restore_text(str(congratulation.pk), number=7, seen_version=1, actor="anna")


def test_a_citys_own_text_goes_and_its_versions_stay(congratulation: MessageTemplate, moscow: City) -> None:
    made = make_own_text(APPROVED, "ru", moscow.pk, GOOD, actor="anna")
    back_to_default(str(made), seen_version=1, actor="boris")

    assert not MessageTemplate.objects.filter(city=moscow).exists()
    assert [entry.action for entry in AuditEntry.objects.order_by("created_at")] == ["created", "deleted"]
    again = MessageTemplate.objects.get(pk=make_own_text(APPROVED, "ru", moscow.pk, GOOD, actor="anna"))
    assert again.version == 3
    assert list(TemplateRevision.objects.filter(city=moscow).order_by("number").values_list("action", flat=True)) == [
        "created",
        "deleted",
        "created",
    ]


def test_a_default_can_not_be_taken_away(congratulation: MessageTemplate) -> None:
    """Guard: the refusal of a text without a city, which no text ever gains or loses."""
    with pytest.raises(RefusedError, match="Общий текст нельзя убрать"):
        back_to_default(str(congratulation.pk), seen_version=1, actor="anna")
    assert MessageTemplate.objects.filter(pk=congratulation.pk).exists()


def test_an_own_text_that_was_changed_meanwhile_is_not_taken_away(
    congratulation: MessageTemplate, moscow: City
) -> None:
    """Guard: the version in the condition of the deletion."""
    made = str(make_own_text(APPROVED, "ru", moscow.pk, GOOD, actor="anna"))
    save_text(made, GOOD + "!", seen_version=1, actor="boris")

    with pytest.raises(RefusedError, match="Кто-то уже изменил"):
        back_to_default(made, seen_version=1, actor="anna")
    assert MessageTemplate.objects.filter(city=moscow).exists()


def test_two_who_make_a_citys_text_at_once_make_one(congratulation: MessageTemplate, moscow: City) -> None:
    """Guard: the unique key. Defaults, whose city is null, are held to it too."""

    def make(actor: str) -> str:
        try:
            make_own_text(APPROVED, "ru", moscow.pk, GOOD, actor=actor)
        except RefusedError as error:
            return next(iter(error.errors))
        return "made"

    assert sorted(together(partial(make, "anna"), partial(make, "boris"))) == ["city", "made"]
    assert MessageTemplate.objects.filter(city=moscow).count() == 1


def test_a_second_default_is_refused_by_the_database(congratulation: MessageTemplate) -> None:
    row = collection("message_templates").find_one({"_id": congratulation.pk})
    assert row
    with pytest.raises(DuplicateKeyError):
        collection("message_templates").insert_one({**row, "_id": ObjectId()})


def test_the_catalogues_have_an_entry_for_all_that_the_contract_names() -> None:
    assert set(MESSAGE_KINDS) == set(NotificationKind)
    assert set(TEMPLATE_VARIABLES) == VARIABLES
    assert all(kind.required <= VARIABLES for kind in MESSAGE_KINDS.values())
