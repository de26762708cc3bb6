"""Clashes are named before saving, and going on needs a tick for just these (FR10)."""

import re
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from backoffice.services.logins import Post, give_role
from common.mongo import collection
from common.roles import Role
from people.models import Candidate, City, Office, Recruiter
from scheduling.models import InterviewEvent, InterviewSlot
from scheduling.services.staff_commands import book_for
from scheduling.staff.forms.change_slots import ChangeSlotsForm
from staffkit.clocks import from_wall_clock, today
from tests.conftest import MakeSlot
from tests.desk.test_slot_pages import LIST, days, form_of, many, on_the_minute, page_of
from tests.helpers.staff_client import StaffClient, unseen

ADD = "admin:scheduling_interviewslot_add"
MONDAY = today() - timedelta(days=today().weekday()) + timedelta(weeks=1)
NAMED = "the same recruiter, room or video call"


@pytest.fixture
def analysts() -> InterviewEvent:
    """Another event, whose slots are in the way."""
    return InterviewEvent.objects.create(title="Аналитики")


@pytest.fixture
def at_moscow(_roles: None, moscow: City) -> StaffClient:
    """Kira, who coordinates Moscow."""
    kira = User.objects.create(username="kira", is_staff=True)
    give_role(kira, Post(Role.COORDINATOR, city_ids=[moscow.pk]))
    client = StaffClient(headers={"Accept-Language": "en"})
    client.force_login(kira)
    return client


def tick(page: str) -> str:
    """The value of the tick that a page shows; empty where it shows none."""
    found = re.findall(r'<input type="checkbox" name="despite_clashes" value="([^"]+)"', page)
    return found[0] if found else ""


def put(slot: InterviewSlot, starts_at: datetime) -> InterviewSlot:
    """The slot, at another time."""
    InterviewSlot.objects.filter(pk=slot.pk).update(starts_at=starts_at, ends_at=starts_at + timedelta(minutes=20))
    return InterviewSlot.objects.get(pk=slot.pk)


def sent(desk: Client, url: str, fields: dict[str, Any]) -> str:
    """What is shown after a form was sent; empty where it was taken."""
    answer = desk.post(url, fields)
    return "" if answer.status_code == 302 else answer.content.decode()


def test_a_slot_that_clashes_is_made_with_a_tick_for_just_this(
    desk: Client, make_slot: MakeSlot, analysts: InterviewEvent, olga: Recruiter
) -> None:
    """The other slot is linked, of whatever event. One that came meanwhile is shown before anything is made. Guard:
    ``require_tick`` in ``SlotForm``; ``is_asked_only``."""
    other = on_the_minute(make_slot(of=analysts, recruiter=olga, room=""))
    fields = form_of(other, event=str(analysts.pk), location="Другой офис")
    page = sent(desk, reverse(ADD), fields)
    assert NAMED in page and "“Аналитики”" in page and page_of(other) in page and "Ольга Смирнова" in page
    assert "Please correct the error" not in page and "One question before this is saved" in page
    again = on_the_minute(make_slot(recruiter=olga, room="", location="Третий офис"))
    newer = sent(desk, reverse(ADD), {**fields, "despite_clashes": tick(page)})
    assert page_of(other) in newer and page_of(again) in newer
    assert InterviewSlot.objects.count() == 2
    assert tick(page) != tick(newer)
    assert sent(desk, reverse(ADD), {**fields, "despite_clashes": tick(newer)}) == ""
    assert InterviewSlot.objects.count() == 3


def test_a_change_into_a_clash_asks_and_one_of_something_else_does_not(
    desk: Client, make_slot: MakeSlot, analysts: InterviewEvent
) -> None:
    """Nothing is written before the tick. Guards: ``clashes_in`` in ``SlotForm``, ``_MAY_CLASH``."""
    slot, other = on_the_minute(make_slot(room="1")), on_the_minute(make_slot(of=analysts, room="2"))
    page = sent(desk, page_of(slot), form_of(slot, room="2"))
    assert page_of(other) in page and "Офис на Тверской, room 2" in page
    assert InterviewSlot.objects.get(pk=slot.pk).room == "1"
    assert sent(desk, page_of(slot), form_of(slot, room="2", despite_clashes=tick(page))) == ""
    slot = InterviewSlot.objects.get(pk=slot.pk)
    assert slot.room == "2"
    assert sent(desk, page_of(slot), form_of(slot, max_users=4)) == ""


def test_the_builder_names_clashes_in_its_preview_and_makes_with_a_tick(
    desk: Client, make_slot: MakeSlot, event: InterviewEvent, analysts: InterviewEvent, moscow: City, olga: Recruiter
) -> None:
    """With others and among the new ones. Guard: ``require_tick`` in ``_make``."""
    url = reverse("admin:scheduling_interviewevent_add_slots", args=[event.pk])
    first = from_wall_clock(datetime.combine(today() + timedelta(days=2), time(10)), moscow.timezone)
    taken = put(make_slot(of=analysts, recruiter=olga), first)
    fields = many(moscow, recruiter=str(olga.pk), room="", last_day=days(2), times="10:10", from_time="12:00")
    fields |= {"to_time": "12:50", "duration_minutes": 30, "every_minutes": 20}
    preview = sent(desk, url, {**fields, "preview": "1"})
    assert "Make 3 slots" in preview and page_of(taken) in preview and "another of the new slots" in preview
    assert "autofocus" not in preview and "tick this to go on" not in preview
    unticked = sent(desk, url, {**fields, "create": "1"})
    assert NAMED in unticked and "Nothing is done yet: tick this to go on" in unticked
    assert re.search(r'<input type="checkbox" name="despite_clashes"[^>]* autofocus', unticked), "opened there"
    assert InterviewSlot.objects.count() == 1
    assert sent(desk, url, {**fields, "create": "1", "despite_clashes": tick(preview)}) == ""
    assert InterviewSlot.objects.count() == 4


def test_a_clash_is_named_to_whom_the_other_slot_is_not_open_without_a_link(
    at_moscow: Client, make_slot: MakeSlot, analysts: InterviewEvent, olga: Recruiter
) -> None:
    """Guard: ``own_rows`` in the names of clashes."""
    kazan = City.objects.create(name="Казань")
    other = on_the_minute(make_slot(of=analysts, recruiter=olga, city=kazan))
    here = InterviewSlot(pk=other.pk, starts_at=other.starts_at, city=olga.city, recruiter=olga, event=analysts)
    page = sent(at_moscow, reverse(ADD), form_of(here, location="Офис", duration_minutes=20, max_users=1))
    assert "“Аналитики”" in page and page_of(other) not in page


@pytest.mark.parametrize(
    ("fields", "times"),
    [
        ({"from_time": "10:00", "to_time": "11:00"}, ["10:00", "10:20", "10:40"]),
        ({"from_time": "10:00", "to_time": "11:00", "every_minutes": 30}, ["10:00", "10:30"]),
        ({"from_time": "10:00", "to_time": "10:30", "times": "15:00"}, ["10:00", "15:00"]),
    ],
)
def test_times_go_from_to_every(
    desk: Client, event: InterviewEvent, moscow: City, fields: dict[str, Any], times: list[str]
) -> None:
    """The last one ends by then. Guard: ``_row``."""
    url = reverse("admin:scheduling_interviewevent_add_slots", args=[event.pk])
    order = many(
        moscow, last_day=days(4), except_days=f"{today() + timedelta(days=3):%d.%m.%Y}", **{"times": "", **fields}
    )
    assert sent(desk, url, {**order, "create": "1"}) == ""
    made = [
        slot.starts_at.astimezone(ZoneInfo(moscow.timezone)) for slot in InterviewSlot.objects.order_by("starts_at")
    ]
    assert [f"{there:%H:%M}" for there in made] == times * 2
    assert {there.date() - today() for there in made} == {timedelta(days=2), timedelta(days=4)}


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({}, "Give times"),
        ({"from_time": "10:00"}, "Give both"),
        ({"to_time": "10:00"}, "Give both"),
        ({"from_time": "10:00", "to_time": "10:10"}, "there is no room for 20 minutes"),
        ({"from_time": "10:00", "to_time": "09:00"}, "there is no room for 20 minutes"),
        ({"times": "10:00", "except_days": "tomorrow"}, "is not a day such as"),
        ({"from_time": "10:00", "to_time": "11:00", "every_minutes": "0"}, "greater than or equal to 1"),
    ],
)
def test_a_mistake_in_times_is_named(
    desk: Client, event: InterviewEvent, moscow: City, fields: dict[str, Any], message: str
) -> None:
    url = reverse("admin:scheduling_interviewevent_add_slots", args=[event.pk])
    assert message in sent(desk, url, {**many(moscow, **{"times": "", **fields}), "create": "1"})
    assert not InterviewSlot.objects.exists()


def test_a_week_is_copied_on_the_clocks_of_its_city(
    desk: Client, event: InterviewEvent, make_slot: MakeSlot, olga: Recruiter
) -> None:
    """Across a change of clocks, without the days that are excepted, without whom has retired; a copy that clashes is
    asked about, and the same again makes none. Guards: ``CopyWeekForm``, ``_soonest``, ``_still_usable``."""
    berlin = City.objects.create(name="Берлин", timezone="Europe/Berlin")
    gone = Recruiter.objects.create(name="Пётр", is_active=False)
    week: list[dict[str, Any]] = [{"recruiter": olga}, {}, {"capacity": 3}, {"recruiter": gone}, {"is_active": False}]
    for weekday, fields in enumerate([*week, {}]):
        starts_at = from_wall_clock(datetime.combine(MONDAY + timedelta(days=weekday), time(10)), berlin.timezone)
        put(make_slot(city=berlin, **fields), starts_at)
    busy = from_wall_clock(datetime.combine(MONDAY + timedelta(weeks=25), time(10)), berlin.timezone)
    other = put(make_slot(recruiter=olga), busy)
    url = reverse("admin:scheduling_interviewevent_copy_week", args=[event.pk])
    assert f'value="{MONDAY:%Y-%m-%d}"' in desk.get(url).content.decode(), "the first week that there is"
    into = MONDAY + timedelta(weeks=25)
    order = {
        "_confirm": "1",
        "week": f"{MONDAY + timedelta(days=2)}",
        "into": f"{into + timedelta(days=6)}",
        "weeks": 2,
        "except_days": f"{into + timedelta(days=2):%d.%m.%Y}",
    }
    page = sent(desk, url, {**order, "preview": "1"})
    assert "Make 7 slots" in page and page_of(other) in page
    skipped = page.partition('id="skipped"')[2].partition("</ul>")[0]
    for reason in ("is not active any more: ", f"excepted days: {into + timedelta(days=2):%a %d.%m.%Y}"):
        assert reason in skipped, "each time with why"
    assert sent(desk, url, {**order, "create": "1", "despite_clashes": tick(page)}) == ""
    made = InterviewSlot.objects.filter(starts_at__gte=busy - timedelta(days=1), city=berlin).order_by("starts_at")
    told = [slot.starts_at.astimezone(ZoneInfo("Europe/Berlin")).replace(tzinfo=None) for slot in made]
    assert told == [datetime.combine(into + timedelta(days=day), time(10)) for day in (0, 1, 5, 7, 8, 9, 12)]
    assert [(slot.max_users, slot.recruiter_id) for slot in made][3:6] == [(1, olga.pk), (1, None), (3, None)]
    again = sent(desk, url, {**order, "preview": "1"})
    assert "0 slots will be made" in again and "there is this slot already: " in again
    assert "the same week" in sent(desk, url, {**order, "into": order["week"], "preview": "1"})
    assert "no active slots" in sent(desk, url, {**order, "week": f"{MONDAY - timedelta(weeks=3)}", "preview": "1"})
    assert collection("outbox").count_documents({"queue": "bot.notification.command"}) == 0


@pytest.mark.parametrize("month", [3, 10])
def test_of_a_copied_week_what_the_clocks_skip_or_show_twice_is_left_out_and_said(
    desk: Client, event: InterviewEvent, make_slot: MakeSlot, month: int
) -> None:
    """The others are made; Berlin's clocks change on the month's last Sunday. Guard: ``_draft``."""
    berlin, sunday = City.objects.create(name="Берлин", timezone="Europe/Berlin"), MONDAY + timedelta(days=13)
    while (sunday.month, (sunday + timedelta(weeks=1)).month) != (month, month + 1):
        sunday += timedelta(weeks=1)
    week = sunday - timedelta(weeks=1)
    for at in (time(2, 30), time(10)):
        put(make_slot(city=berlin), from_wall_clock(datetime.combine(week, at), berlin.timezone))
    url = reverse("admin:scheduling_interviewevent_copy_week", args=[event.pk])
    page = sent(desk, url, {"week": f"{week}", "into": f"{sunday}", "weeks": 1, "preview": "1"})
    assert "Make 1 slot" in page
    skipped = page.partition('id="skipped"')[2].partition("</ul>")[0]
    assert f"the clocks are changed then; add these at another time: Sun {sunday:%d.%m.%Y}, 02:30" in skipped


def test_handing_over_names_the_clashes_of_who_takes_over(
    desk: Client, make_slot: MakeSlot, analysts: InterviewEvent, olga: Recruiter, moscow: City
) -> None:
    """Nothing is handed over before the tick. Guard: ``require_tick`` in ``ask_and_retire``."""
    vera = Recruiter.objects.create(name="Вера Ким", city=moscow)
    make_slot(recruiter=olga, room="1")
    other = make_slot(of=analysts, recruiter=vera, room="2")
    url = reverse("admin:people_recruiter_retire", args=[olga.pk])
    order = {"_confirm": "1", "way": "hand_over", "successor": str(vera.pk), "reason": ""}
    page = sent(desk, url, order)
    assert page_of(other) in page and "Вера Ким" in page
    assert Recruiter.objects.get(pk=olga.pk).is_active and InterviewSlot.objects.filter(recruiter=olga).exists()
    assert sent(desk, url, {**order, "despite_clashes": tick(page)}) == ""
    assert not InterviewSlot.objects.filter(recruiter=olga).exists()


def test_an_offices_new_address_and_a_citys_zone_name_the_clashes_that_they_make(
    desk: StaffClient, make_slot: MakeSlot, moscow: City, olga: Recruiter
) -> None:
    """Guards: ``require_tick`` in ``OfficeForm`` and in ``CityZoneForm``."""
    office = Office.objects.create(city=moscow, name="Офис", address="Тверская, 5")
    make_slot(office=str(office.pk), location=office.location, room="1")
    other = make_slot(location="Офис, Тверская, 7", room="1")
    url = reverse("admin:people_office_change", args=[office.pk])
    fields = {"name": "Офис", "address": "Тверская, 7"}
    page = sent(desk, url, fields)
    assert page_of(other) in page and Office.objects.get().address == "Тверская, 5"
    assert sent(desk, url, {**fields, "despite_clashes": tick(page)}) == ""

    samara = City.objects.create(name="Самара", timezone="Europe/Moscow")
    start = other.starts_at + timedelta(days=5)
    put(make_slot(city=samara, recruiter=olga), start)
    busy = put(make_slot(recruiter=olga), start - timedelta(hours=1))
    url = reverse("admin:people_city_change", args=[samara.pk])
    fields = {"name": "Самара", "timezone": "Europe/Samara", "contact_url": ""}
    page = desk.answer(url, desk.post(url, fields), choice="clock").content.decode()
    assert page_of(busy) in page and City.objects.get(pk=samara.pk).timezone == "Europe/Moscow"
    asked = desk.post(url, {**fields, "despite_clashes": tick(page)})
    assert desk.answer(url, asked, choice="clock").status_code == 302


def changed(desk: Client, slots: list[InterviewSlot], press: str, **fields: Any) -> str:
    """Several slots are chosen in the list and changed; what is shown, empty where it was done."""
    every = {"action": "change_slots", "_selected_action": [str(slot.pk) for slot in slots], "_confirm": "1"}
    every |= {"days": "", "minutes": "", "recruiter": "", "room": "", "max_users": "", "is_active": "", **fields}
    opened: dict[str, str] = {}
    if press == "apply":
        opened = unseen(Client.post(desk, reverse(LIST), {**unseen(desk.get(reverse(LIST))), **every, "preview": "1"}))
    answer = desk.post(reverse(LIST), {**every, press: "1"}, opened=opened)
    return "" if answer.status_code == 302 else answer.content.decode()


def test_several_slots_are_moved_at_once_on_the_clocks_of_their_city(
    desk: Client, make_slot: MakeSlot, analysts: InterviewEvent, olga: Recruiter
) -> None:
    """Across a change of clocks. Clashes ask for a tick; nothing is done before. Guards: ``_moved``, ``require_tick``
    in ``_change``."""
    berlin = City.objects.create(name="Берлин", timezone="Europe/Berlin")
    at_ten = from_wall_clock(datetime.combine(MONDAY, time(10)), berlin.timezone)
    slots = [put(make_slot(city=berlin, room=str(number)), at_ten) for number in range(2)]
    later = from_wall_clock(datetime.combine(MONDAY + timedelta(weeks=26), time(10, 15)), berlin.timezone)
    busy = put(make_slot(of=analysts, recruiter=olga, room="9"), later)
    fields = {"days": 182, "minutes": 15, "recruiter": str(olga.pk), "max_users": 3}
    page = changed(desk, slots, "preview", **fields)
    assert "Change 2 slots" in page and page_of(busy) in page and "Ольга Смирнова" in page
    assert NAMED in changed(desk, slots, "apply", **fields)
    assert {slot.starts_at for slot in InterviewSlot.objects.filter(city=berlin)} == {at_ten}
    assert changed(desk, slots, "apply", **fields, despite_clashes=tick(page)) == ""
    moved = InterviewSlot.objects.filter(city=berlin)
    assert {(slot.starts_at, slot.recruiter_id, slot.max_users) for slot in moved} == {(later, olga.pk, 3)}


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"max_users": "1"}, "2 already booked: give at least that many. These are: Иван Сидоров, Мария Петрова."),
        ({"max_users": "5"}, ""),
    ],
)
def test_what_stays_as_it_is_says_why_and_the_others_change(
    desk: Client, make_slot: MakeSlot, maria: Candidate, ivan: Candidate, fields: dict[str, str], why: str
) -> None:
    """Guard: ``_why_not``. What touches people's promises asks about them first, as test_impact_choices shows."""
    booked, free = make_slot(timedelta(days=40), capacity=2, room=""), make_slot(timedelta(days=41), 2, room="")
    for person in (maria, ivan):
        book_for(person.telegram_id, str(booked.pk), actor="anna", reason="")
    before = InterviewSlot.objects.get(pk=booked.pk).updated_at
    assert why in changed(desk, [booked, free], "preview", **fields)
    assert changed(desk, [booked, free], "apply", **fields) == ""
    assert (InterviewSlot.objects.get(pk=booked.pk).updated_at == before) is bool(why)
    assert InterviewSlot.objects.get(pk=free.pk).updated_at > free.updated_at


def test_a_change_of_several_names_what_is_wrong(desk: Client, make_slot: MakeSlot) -> None:
    """Guards, of ``ChangeSlotsForm``: ``clean``, ``clean_room``, ``_why_not``, ``from_wall_clock`` after minutes in
    ``_moved``."""
    online = make_slot(location="", room="", video_link="https://meet.example/x")
    assert "Say what is to change" in changed(desk, [online], "preview")
    assert "It is held online" in changed(desk, [online], "preview", room="5")
    assert "Say what is to change" in changed(desk, [online], "preview", room="\u200b")
    assert "That time is past" in changed(desk, [online], "preview", days="-30")
    berlin = City.objects.create(name="Берлин", timezone="Europe/Berlin")
    before = put(make_slot(city=berlin), datetime(2027, 10, 30, 0, 30, tzinfo=UTC))
    page = changed(desk, [before], "preview", minutes="1440")
    assert "comes twice there, at UTC+2 and UTC+1" in page and "Give 01:30 or 03:30" in page
    form = ChangeSlotsForm({"max_users": "5"}, slots=[put(make_slot(), online.starts_at - timedelta(days=10))])
    assert form.is_valid() and [one.why_not for one in form.left] == ["It is over."]


def test_the_list_and_the_page_say_that_a_slot_clashes(
    desk: Client, make_slot: MakeSlot, analysts: InterviewEvent, olga: Recruiter
) -> None:
    """Also with one that is not listed. Guards: ``SlotList``, ``render_change_form``."""
    slot, other = make_slot(recruiter=olga, room="1"), make_slot(of=analysts, recruiter=olga, room="2")
    page = desk.get(f"{reverse(LIST)}?event={slot.event_id}").content.decode()
    assert page.count('<span class="desk-danger">clash</span>') == 1
    assert page_of(other) in desk.get(page_of(slot)).content.decode()
    InterviewSlot.objects.filter(pk=other.pk).update(is_active=False)
    assert "clash</span>" not in desk.get(reverse(LIST)).content.decode()
