"""Tags: what staff note people under, and find them by."""

from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from broadcasts.models import Broadcast
from common import clock
from common.models import AuditEntry
from common.mongo import collection
from common.refusals import RefusedError
from people.models import MOST_TAGS, Candidate
from people.services.tags import change_tags, known_tags, read_tags
from scheduling.models import InterviewEvent
from tests.conftest import MakeCandidate
from tests.desk.conftest import Text
from tests.desk.kit.test_list_plans import asked, planned

CANDIDATES = "admin:people_candidate_changelist"


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        ("Analyst,  second   round ;ANALYST,,", ["analyst", "second round"]),
        ("ЁЛКА", ["ёлка"]),
        (" , ", []),
    ],
)
def test_tags_are_read_as_people_type_them(text: str, tags: list[str]) -> None:
    """Guard: ``clean_tag``."""
    assert read_tags(text) == tags


@pytest.mark.parametrize("text", ["x" * 33, ",".join(map(str, range(MOST_TAGS + 1)))])
def test_what_can_t_be_tags_is_refused(text: str) -> None:
    """Guard: ``check_tags``."""
    with pytest.raises(ValidationError):
        read_tags(text)


def test_many_people_are_tagged_at_once(make_candidate: MakeCandidate) -> None:
    """Whose tags stay as they are has no entry in the trail."""
    vera, gleb = make_candidate(first_name="Вера"), make_candidate(first_name="Глеб")
    assert change_tags([vera.pk, gleb.pk], add=["analyst"], actor="anna") == 2
    assert change_tags([vera.pk, gleb.pk], add=["analyst"], remove=["x"], actor="anna") == 0
    assert change_tags([vera.pk], add=["vip"], remove=["analyst"], actor="anna") == 1
    assert known_tags() == ["analyst", "vip"]
    entries = AuditEntry.objects.filter(subject="candidate", action="tagged").order_by("id")
    told = [(entry.subject_id, entry.actor, entry.before, entry.after) for entry in entries]
    assert told == [
        (vera.pk, "staff:anna", {"tags": []}, {"tags": ["analyst"]}),
        (gleb.pk, "staff:anna", {"tags": []}, {"tags": ["analyst"]}),
        (vera.pk, "staff:anna", {"tags": ["analyst"]}, {"tags": ["vip"]}),
    ]


def test_nobody_has_more_tags_than_can_be_read(maria: Candidate, make_candidate: MakeCandidate) -> None:
    """Guard: ``MOST_TAGS``. One who would have too many stops the others, too: nothing is half done."""
    change_tags([maria.pk], add=[str(number) for number in range(MOST_TAGS)], actor="anna")
    other = make_candidate(first_name="Глеб")
    with pytest.raises(RefusedError):
        change_tags([other.pk, maria.pk], add=["one more"], actor="anna")
    assert Candidate.objects.get(pk=other.pk).tags == []


def test_tags_are_typed_on_the_page_and_filtered_by_in_the_list(
    desk: Client, text: Text, maria: Candidate, make_candidate: MakeCandidate
) -> None:
    make_candidate(first_name="Глеб")
    url = reverse("admin:people_candidate_change", args=[maria.pk])
    fields = {"first_name": maria.first_name, "last_name": maria.last_name, "username": maria.username}
    assert desk.post(url, {**fields, "tags": "VIP, Second round"}).status_code == 302
    assert Candidate.objects.get(pk=maria.pk).tags == ["second round", "vip"]
    listed = text(f"{reverse(CANDIDATES)}?tag=vip")
    assert maria.first_name in listed
    assert "Глеб" not in listed


def test_people_are_found_by_a_tag_through_an_index(maria: Candidate) -> None:
    """Guard: ``users_tags``."""
    change_tags([maria.pk], add=["vip"], actor="anna")
    page: Any = admin.site._registry[Candidate]
    root = User.objects.create(username="someone", is_staff=True, is_superuser=True)
    assert not planned(asked(page, root, {"tag": "vip"}).queryset[:50]) & {"COLLSCAN", "SORT", "$sort"}
    told = collection("users").database.command(
        "explain", {"distinct": "users", "key": "tags", "query": {}}, verbosity="queryPlanner"
    )
    assert "COLLSCAN" not in str(told["queryPlanner"]["winningPlan"])


def test_a_broadcast_goes_to_those_with_a_tag(
    desk: Client, text: Text, event: InterviewEvent, make_candidate: MakeCandidate
) -> None:
    """The list behind the count is narrowed, too; so is what the page proposes when it is to be sent again."""
    vera, gleb = (make_candidate(first_name=name, started_at=clock.now()) for name in ("Вера", "Глеб"))
    change_tags([vera.pk], add=["vip"], actor="anna")
    readers = text(f"{reverse('admin:scheduling_interviewevent_readers', args=[event.pk])}?audience=all&tag=vip")
    assert vera.first_name in readers
    assert gleb.first_name not in readers
    page = reverse("admin:scheduling_interviewevent_broadcast", args=[event.pk])
    order = {"_confirm": "1", "text": "Приходите", "audience": "all", "tag": "vip", "when": "now"}
    assert desk.post(page, order).status_code == 302
    made = Broadcast.objects.get()
    assert (made.audience_tag, made.people) == ("vip", 1)
    assert AuditEntry.objects.get(subject="broadcast").after["tag"] == "vip"
    change_tags([vera.pk], remove=["vip"], actor="anna")
    assert '<option value="vip" selected>' in text(f"{page}?again={made.pk}")
