"""A recruiter's outside calendar at the desk: its page, and what overlaps is warned of (issue 12)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from common import clock
from common.models import AuditEntry
from common.mongo import collection
from people.models import Candidate, City, Recruiter
from people.services.outside.addresses import give_address
from people.services.zones import zones_of_cities
from scheduling.models import InterviewEvent, InterviewSlot
from scheduling.services.staff_commands import book_for
from scheduling.staff.calendar.asked import Asked, By, View
from scheduling.staff.calendar.columns import Column
from scheduling.staff.calendar.elsewhere import busy_in_columns, elsewhere
from staffkit.clocks import today
from tests.conftest import MakeSlot
from tests.desk.calendar.test_what_is_shown import TUESDAY, at
from tests.desk.calendar.tools import PAGE, drag, shown
from tests.desk.test_clash_pages import ADD, MONDAY, changed, put, sent, tick
from tests.desk.test_slot_pages import LIST, days, form_of, many, on_the_minute, page_of
from tests.helpers.staff_client import StaffClient

ADDRESS = "https://calendar.example.org/private-3f9a/basic.ics"
BUSY = "busy by their own calendar"


def busy(recruiter: Recruiter, begins: datetime, lasts: timedelta = timedelta(hours=1), **facts: Any) -> None:
    """Have their calendar read: they are busy then."""
    give_address(recruiter.pk, ADDRESS, actor="d")
    times = [{"starts_at": begins, "ends_at": begins + lasts}]
    change = {"$set": {"busy": times, "read_at": clock.now(), **facts}}
    collection("outside_calendars").update_one({"_id": recruiter.pk}, change)


@pytest.fixture
def slot(make_slot: MakeSlot, olga: Recruiter) -> InterviewSlot:
    """Olga's, in two days."""
    return on_the_minute(make_slot(recruiter=olga))


def test_a_slot_while_its_recruiter_is_busy_needs_a_tick(desk: Client, slot: InterviewSlot, olga: Recruiter) -> None:
    """A new one, and one that is moved there; said when. Other times of theirs mean another tick. Guards:
    ``_elsewhere`` in ``clashes_of``, ``_span``."""
    busy(olga, slot.starts_at - timedelta(minutes=30))
    fields = form_of(slot)
    page = sent(desk, reverse(ADD), {**fields, "room": "9"})
    there = slot.starts_at + timedelta(hours=3)
    hours = f"{there - timedelta(minutes=30):%H:%M}–{there + timedelta(minutes=30):%H:%M}"
    assert f"Ольга Смирнова — {BUSY}, {hours}" in page and ADDRESS not in page
    assert InterviewSlot.objects.count() == 1
    assert BUSY in desk.get(page_of(slot)).content.decode()
    assert '<span class="desk-danger">clash</span>' in desk.get(reverse(LIST)).content.decode()

    busy(olga, slot.starts_at + timedelta(hours=2))
    assert "clash</span>" not in desk.get(reverse(LIST)).content.decode()
    later = form_of(
        slot, starts_at_0=f"{there + timedelta(hours=2):%Y-%m-%d}", starts_at_1=f"{there + timedelta(hours=2):%H:%M}"
    )
    page = sent(desk, page_of(slot), later)
    assert BUSY in page and InterviewSlot.objects.get().starts_at == slot.starts_at
    busy(olga, slot.starts_at + timedelta(hours=2), timedelta(days=2))
    again = sent(desk, page_of(slot), {**later, "despite_clashes": tick(page)})
    assert BUSY in again and tick(again) != tick(page)
    assert sent(desk, page_of(slot), {**later, "despite_clashes": tick(again)}) == ""
    assert InterviewSlot.objects.get().starts_at == slot.starts_at + timedelta(hours=2)


def test_the_builder_and_a_copied_week_name_it_in_the_preview(
    desk: Client, event: InterviewEvent, moscow: City, olga: Recruiter, make_slot: MakeSlot
) -> None:
    """Guard: ``_elsewhere``."""
    busy(olga, clock.now(), timedelta(days=40))
    url = reverse("admin:scheduling_interviewevent_add_slots", args=[event.pk])
    fields = many(moscow, recruiter=str(olga.pk), last_day=days(2), times="10:00")
    preview = sent(desk, url, {**fields, "preview": "1"})
    assert BUSY in preview and BUSY in sent(desk, url, {**fields, "create": "1"})
    assert sent(desk, url, {**fields, "create": "1", "despite_clashes": tick(preview)}) == ""
    put(make_slot(recruiter=olga), datetime.combine(MONDAY, datetime.min.time(), UTC) + timedelta(hours=7))
    url = reverse("admin:scheduling_interviewevent_copy_week", args=[event.pk])
    order = {"_confirm": "1", "week": f"{MONDAY}", "into": f"{MONDAY + timedelta(weeks=1)}", "weeks": 1}
    assert BUSY in sent(desk, url, {**order, "except_days": "", "preview": "1"})


def test_a_change_of_several_a_drag_and_a_hand_over_name_it(
    desk: StaffClient, slot: InterviewSlot, olga: Recruiter, moscow: City, make_slot: MakeSlot
) -> None:
    """Guard: ``_elsewhere``."""
    busy(olga, slot.starts_at + timedelta(days=1))
    assert BUSY in changed(desk, [slot], "preview", days="1")
    assert BUSY not in changed(desk, [slot], "preview", days="2")
    to = (slot.starts_at + timedelta(days=1, hours=3)).replace(tzinfo=None)
    assert BUSY in drag(desk, slot, to).content.decode()

    vera = Recruiter.objects.create(name="Вера Ким", city=moscow)
    busy(vera, slot.starts_at)
    url = reverse("admin:people_recruiter_retire", args=[olga.pk])
    order = {"_confirm": "1", "way": "hand_over", "successor": str(vera.pk), "reason": ""}
    page = sent(desk, url, order)
    assert f"Вера Ким — {BUSY}" in page and Recruiter.objects.get(pk=olga.pk).is_active
    assert sent(desk, url, {**order, "despite_clashes": tick(page)}) == ""
    assert collection("outside_calendars").count_documents({"_id": olga.pk}) == 0


def test_slots_to_which_people_can_be_moved_say_so(
    desk: Client, slot: InterviewSlot, olga: Recruiter, make_slot: MakeSlot, maria: Candidate
) -> None:
    """Guard: ``clashing_among`` in ``targets_for``."""
    book_for(maria.telegram_id, str(slot.pk), actor="anna", reason="")
    make_slot(timedelta(days=3), recruiter=olga)
    make_slot(timedelta(days=4), recruiter=olga)
    busy(olga, clock.now() + timedelta(days=3) - timedelta(minutes=30))
    page = sent(desk, page_of(slot), form_of(slot, room="9"))
    assert page.count("free: 1 of 1 · clash</small>") == page.count("free: 1 of 1</small>") > 0


def test_the_calendar_shows_busy_times_beside_slots(desk: Client, make_slot: MakeSlot, olga: Recruiter) -> None:
    """In recruiters' columns, a piece for each day; slots say so in any column. Guards: ``busy_in_columns``,
    ``_by_day``, ``takes``."""
    at(make_slot, datetime(2032, 3, 30, 7, tzinfo=UTC), recruiter=olga)
    at(make_slot, datetime(2032, 3, 30, 5, tzinfo=UTC), recruiter=olga)
    at(make_slot, datetime(2032, 3, 30, 8, tzinfo=UTC), recruiter=olga, is_active=False)
    busy(olga, datetime(2032, 3, 30, 6, tzinfo=UTC), timedelta(hours=20))
    found = shown(desk, TUESDAY)
    assert [slot["elsewhere"] for slot in found["slots"]] == ["", "the recruiter is busy", ""]
    assert [(one["start"], one["end"]) for one in found["busy"]] == [
        ("2032-03-30T09:00", "2032-03-31T00:00"),
        ("2032-03-31T00:00", "2032-03-31T05:00"),
    ]
    assert {one["column"] for one in found["busy"]} == {str(olga.pk)}
    assert (found["busy"][0]["when"], found["troubles"]) == ("Tue 30.03.2032, 09:00–24:00", [])
    assert [one["end"] for one in shown(desk, TUESDAY, view="day")["busy"]] == ["2032-03-31T00:00"]
    by_city = shown(desk, TUESDAY, by="city")
    assert by_city["busy"] == [] and [slot["elsewhere"] for slot in by_city["slots"]][1]


@pytest.mark.parametrize(("link", "start"), [("", "2032-03-30T16:00"), ("https://meet.example/x", "2032-03-30T09:00")])
def test_busy_times_are_level_with_the_slots_beside_them(
    desk: Client, make_slot: MakeSlot, link: str, start: str
) -> None:
    """On the clocks on which these are told: online, Moscow's. Guard: ``clocks`` in ``busy_in_columns``."""
    vladivostok = City.objects.create(name="Владивосток", timezone="Asia/Vladivostok")
    vera = Recruiter.objects.create(name="Вера Ким", city=vladivostok)
    begins = datetime(2032, 3, 30, 6, tzinfo=UTC)
    at(make_slot, begins, recruiter=vera, city=vladivostok, video_link=link)
    busy(vera, begins)
    found = shown(desk, TUESDAY)
    assert found["busy"][0]["start"] == found["slots"][0]["start"] == start


def test_whose_calendar_cannot_be_read_is_said_with_the_age_of_what_is_shown(desk: Client, olga: Recruiter) -> None:
    """Guard: ``troubles``."""
    since, read = (clock.now() - timedelta(hours=hours) for hours in (1, 2))
    busy(olga, clock.now(), failure="server", failing_since=since, read_at=read)
    (told,) = shown(desk, today())["troubles"]
    assert told.startswith("Ольга Смирнова: ") and told.endswith("what is shown of it was read 2 hours ago.")
    collection("outside_calendars").update_one({"_id": olga.pk}, {"$set": {"read_at": None}})
    assert shown(desk, today())["troubles"][0].count("can't be read since") == 1
    assert 'id="calendar-troubles"' in desk.get(reverse(PAGE)).content.decode()


def test_the_page_of_a_recruiter_takes_an_address_and_never_shows_it(
    administrator: StaffClient, olga: Recruiter
) -> None:
    """Guards: ``masked``, ``OutsideCalendarAdmin``. Taking another ends the first, forgetting it leaves nothing."""
    url = reverse("admin:people_recruiter_outside_calendar", args=[olga.pk])

    def press(**fields: str) -> str:
        answer = administrator.post(url, {"_confirm": "1", **fields})
        return administrator.get(url).content.decode() if answer.status_code == 302 else answer.content.decode()

    assert "Forget it" not in administrator.get(url).content.decode()
    assert "begins with https://" in press(address="http://calendar.example.org/x.ics")
    page = press(address=ADDRESS.replace("https", "webcal"))
    assert "calendar.example.org/…" in page and "3f9a" not in page and "Not read yet" in page
    kept = collection("outside_calendars").find_one({"_id": olga.pk}) or {}
    assert kept["address"] == ADDRESS
    busy(olga, clock.now(), due_at=clock.now() + timedelta(minutes=10))
    recruiters_page = administrator.get(reverse("admin:people_recruiter_change", args=[olga.pk])).content.decode()
    assert "Last read" in recruiters_page and "1 busy time." in recruiters_page and "3f9a" not in recruiters_page
    press(_read="1")
    due = (collection("outside_calendars").find_one({"_id": olga.pk}) or {})["due_at"]
    assert due <= clock.now()
    assert "Read this calendar" in press(_take_away="1")
    assert collection("outside_calendars").count_documents({}) == 0
    entries = AuditEntry.objects.filter(subject="recruiter", action__startswith="outside").order_by("created_at")
    assert {entry.actor for entry in entries} == {"staff:daria", "staff:d"}
    assert "3f9a" not in str(list(entries.values()))


@pytest.mark.parametrize("failure", ["not_found", "not_public", "not_a_calendar"])
def test_the_page_says_why_it_is_not_read_and_what_to_do(desk: Client, olga: Recruiter, failure: str) -> None:
    """Guards: ``how_it_goes``, ``WHY``."""
    since = clock.now() - timedelta(hours=3)
    busy(olga, clock.now(), failure=failure, failing_since=since, read_at=since - timedelta(minutes=15), unread=2)
    page = desk.get(reverse("admin:people_recruiter_outside_calendar", args=[olga.pk])).content.decode()
    told = {"not_found": "a new address there", "not_public": "OUTSIDE_CALENDAR_NETWORKS", "not_a_calendar": ".ics"}
    for part in ("read since", told[failure], "Last read 3 hours ago: 1 busy time.", "2 entries"):
        assert part in page


def test_a_column_without_a_recruiter_is_nobodys(moscow: City) -> None:
    """Guard: ``NONE`` in ``elsewhere``."""
    it, columns = Asked(View.DAY, TUESDAY, By.RECRUITER), [Column("none", "No recruiter")]
    known = elsewhere(it, columns, [], zones_of_cities())
    assert busy_in_columns(known, it, columns, [], zones_of_cities()) == []
