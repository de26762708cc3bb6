"""What a list says of itself: what it is narrowed by, how many rows there are, what comes first."""

from datetime import timedelta

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse
from unfold.utils import display_for_label

from common import clock
from common.mongo import collection
from people.models import Candidate, City, name_words
from scheduling.services.staff_commands import book_for
from staffkit.pages import paging
from tests.conftest import MakeCandidate, MakeSlot
from tests.desk.conftest import Text

BOOKINGS, CANDIDATES = reverse("admin:scheduling_booking_changelist"), reverse("admin:people_candidate_changelist")


@pytest.fixture
def bookings(make_slot: MakeSlot, maria: Candidate, ivan: Candidate) -> None:
    """Ivan's in three days, Maria's in two, and one of hers that is over."""
    for person, days in ((ivan, 3), (maria, 2)):
        book_for(person.telegram_id, str(make_slot(timedelta(days=days)).pk), actor="anna", reason="")
    row = collection("bookings").find_one({"user_id": maria.pk})
    assert row is not None
    past = clock.now() - timedelta(days=9)
    own = {"live": False, "status": "attended", "starts_at": past, "ends_at": past, "location": "Старое место"}
    collection("bookings").insert_one({**{k: v for k, v in row.items() if k != "_id"}, **own})


def test_the_next_booking_is_at_the_top_and_past_ones_are_asked_for(text: Text, bookings: None) -> None:
    """Guards: ``BookingTimeFilter``, ``soonest_first``."""
    page = text(BOOKINGS)
    assert page.index("Мария Петрова") < page.index("Иван") and "Старое место" not in page
    assert "Старое место" in text(f"{BOOKINGS}?time=past")
    latest = text(f"{BOOKINGS}?time=all")
    assert latest.index("Иван") < latest.index("Старое место")


@pytest.mark.parametrize("query", ["status__exact=booked", "starts_at_from=2026-01-01", "attendance=none"])
def test_of_what_still_waits_and_of_some_days_the_soonest_is_at_the_top(text: Text, bookings: None, query: str) -> None:
    """Guards: ``_WAITING``, ``_LIVE``."""
    page = text(f"{BOOKINGS}?{query}")
    assert page.index("Мария Петрова") < page.index("Иван")


@pytest.mark.parametrize("query", ["q=мария", "status__exact=attended"])
def test_whoever_asks_for_something_is_shown_past_ones_too(text: Text, bookings: None, query: str) -> None:
    """Guard: ``asked_time``: a number on the front page is the number of rows behind it."""
    assert "Старое место" in text(f"{BOOKINGS}?{query}")
    assert "Старое место" not in text(f"{BOOKINGS}?{query}&time=coming")


def test_what_a_list_is_narrowed_by_can_be_taken_away_one_by_one(text: Text, bookings: None, moscow: City) -> None:
    """Guard: ``chips_of``."""
    page = text(f"{BOOKINGS}?status__exact=booked&city={moscow.pk}&q=мария&starts_at_from=2026-03-01&live__exact=1")
    chips = page.partition('class="desk-chips"')[2].partition("</ul>")[0]
    for shown in ("<b>booked</b>", f"<b>{moscow}</b>", "<b>мария</b>", "With a seat", "From day".lower(), "2026"):
        assert shown in chips
    assert chips.count("<li>") == 5
    without_city = (
        "live__exact=1&amp;q=%D0%BC%D0%B0%D1%80%D0%B8%D1%8F&amp;starts_at_from=2026-03-01&amp;status__exact=booked"
    )
    assert f'href="?{without_city}"' in chips


def test_the_coming_ones_are_a_chip_that_leads_to_all(text: Text, bookings: None) -> None:
    assert 'href="?time=all"' in text(BOOKINGS).partition('class="desk-chips"')[2].partition("</ul>")[0]
    assert "desk-chips" not in text(f"{BOOKINGS}?time=all")


def test_a_long_list_is_counted_as_far_as_anyone_reads(
    text: Text, make_candidate: MakeCandidate, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Guard: ``DeskPaginator``; whoever goes on to later pages finds them."""
    for number in range(60):
        make_candidate(first_name=f"Person {number:02}")
    assert "60 in all" in text(CANDIDATES)
    monkeypatch.setattr(paging, "MOST_COUNTED", 55)
    monkeypatch.setattr(paging, "_AHEAD", 0)
    assert "more than 55" in text(CANDIDATES)
    assert "60 in all" in text(f"{CANDIDATES}?p=2")


def test_people_are_found_by_the_beginning_of_any_of_their_names(text: Text, make_candidate: MakeCandidate) -> None:
    """Guards: ``search_words``, ``AnyStartsWith``, ``_AS_TYPED``."""
    make_candidate(first_name="Анна-Мария", last_name="Королёва", username="anna_kor")
    for term in ("анна", "МАРИЯ", "королева", "королёва анн", "@anna_kor", "kor"):
        assert "Королёва" in text(f"{CANDIDATES}?q={term}"), term
    make_candidate(first_name="Мар’яна", last_name="O'Brien")
    for term in ("мар'яна", "марʼяна", "o’brien"):
        assert "Мар’яна" in text(f"{CANDIDATES}?q={term}"), "whichever apostrophe"
    for term in ("оролёва", "анна пет", ".*"):
        assert "Королёва" not in text(f"{CANDIDATES}?q={term}"), term


def test_many_who_are_called_alike_are_said_to_be_more(
    text: Text, bookings: None, make_candidate: MakeCandidate, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Guard: ``MOST_FOUND``."""
    monkeypatch.setattr("people.services.finding.MOST_FOUND", 1)
    make_candidate(first_name="Мария")
    assert "Many are called so" in text(f"{BOOKINGS}?q=мар")
    assert "Many are called so" not in text(f"{BOOKINGS}?q=иван")


def test_whatever_is_written_of_a_name_is_found_by_it(maria: Candidate) -> None:
    """Guard: ``Candidate.save``; what chat writes has its own tests."""
    maria.last_name = "Ким"
    maria.save(update_fields=["last_name"])
    row = collection("users").find_one({"_id": maria.pk})
    assert row is not None and row["words"] == name_words(row) and "ким" in row["words"]


def test_nobody_acts_on_more_than_a_list_has_counted(
    desk: Client, make_candidate: MakeCandidate, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Guard: ``response_action``."""
    chosen, *_others = [make_candidate() for _ in range(60)]
    monkeypatch.setattr(paging, "MOST_COUNTED", 55)
    monkeypatch.setattr(paging, "_AHEAD", 0)
    act = {"action": "remove", "_selected_action": str(chosen.pk), "select_across": "1"}
    answer = desk.post(CANDIDATES, act, follow=True)
    assert "more than can be chosen at once" in answer.content.decode()


def test_a_label_whose_value_has_no_colour_is_shown_in_words() -> None:
    """A broadcast that was cancelled, a file that is gone; on every list. Guard: ``Colours``."""
    columns = [getattr(page, str(name), None) for page in admin.site._registry.values() for name in page.list_display]
    labels = [label for column in columns if isinstance(label := getattr(column, "label", None), dict)]
    assert len(labels) > 9
    for label in labels:
        assert "отменена" in display_for_label(("none of them", "отменена"), "", label), label
