"""Slots at the desk (FR10)."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from bson import ObjectId
from django.test import Client
from django.urls import reverse

from common import clock
from common.models import AuditEntry
from common.mongo import collection
from people.models import Candidate, City, Recruiter
from scheduling.models import Booking, InterviewEvent, InterviewSlot
from scheduling.services.reading.days import bookings_on
from scheduling.services.staff_commands import book_for
from staffkit.clocks import format_moment, today
from tests.conftest import MakeSlot
from tests.desk.conftest import Text
from tests.desk.test_booking_pages import exported
from tests.helpers.staff_client import StaffClient

LIST = "admin:scheduling_interviewslot_changelist"
LINK = "https://meet.example/room-5"


@pytest.fixture
def vladivostok() -> City:
    """Seven hours ahead of Moscow."""
    return City.objects.create(name="Владивосток", timezone="Asia/Vladivostok")


def form_of(slot: InterviewSlot, **changes: Any) -> dict[str, Any]:
    there = slot.starts_at.astimezone(ZoneInfo(slot.city.timezone))
    return {
        "event": str(slot.event_id),
        "city": str(slot.city_id),
        "recruiter": str(slot.recruiter_id or ""),
        "starts_at_0": f"{there:%Y-%m-%d}",
        "starts_at_1": f"{there:%H:%M}",
        "duration_minutes": slot.duration_minutes,
        "max_users": slot.max_users,
        "location": slot.location,
        "room": slot.room,
        "is_active": "on" if slot.is_active else "",
        "reason": "",
        **changes,
    }


def on_the_minute(slot: InterviewSlot) -> InterviewSlot:
    starts_at = slot.starts_at.replace(second=0, microsecond=0)
    InterviewSlot.objects.filter(pk=slot.pk).update(starts_at=starts_at, ends_at=starts_at + timedelta(minutes=20))
    return InterviewSlot.objects.get(pk=slot.pk)


def page_of(slot: InterviewSlot, action: str = "change") -> str:
    return reverse(f"admin:scheduling_interviewslot_{action}", args=[slot.pk])


def days(number: int) -> str:
    return f"{clock.now() + timedelta(days=number):%Y-%m-%d}"


def many(place: City, **changes: Any) -> dict[str, Any]:
    return {
        "_confirm": "1",
        "city": str(place.pk),
        "first_day": days(2),
        "last_day": days(3),
        "weekdays": [*"0123456"],
        "days": "",
        "times": "10:00, 10:20 14:30",
        "duration_minutes": 20,
        "max_users": 2,
        "location": "Офис на Светланской",
        "room": "301",
        "recruiter": "",
        **changes,
    }


def test_the_list_shows_local_time_and_occupancy(
    text: Text, make_slot: MakeSlot, vladivostok: City, maria: Candidate
) -> None:
    slot = make_slot(capacity=5, city=vladivostok)
    book_for(maria.telegram_id, str(slot.pk), actor="anna", reason="")
    there = slot.starts_at.astimezone(ZoneInfo("Asia/Vladivostok"))
    page = text(reverse(LIST))
    assert f"{there:%d.%m.%Y, %H:%M} (Vladivostok; " in page
    assert "1/5" in page


def test_past_slots_are_shown_only_when_asked_for(text: Text, make_slot: MakeSlot) -> None:
    make_slot(timedelta(days=-3), location="Старый офис")
    assert "Старый офис" not in text(reverse(LIST))
    assert "Старый офис" in text(f"{reverse(LIST)}?time=past")


def test_the_filters_find_what_they_name(
    text: Text, make_slot: MakeSlot, vladivostok: City, olga: Recruiter, event: InterviewEvent
) -> None:
    make_slot(location="Один")
    make_slot(location="Другой", city=vladivostok, recruiter=olga)
    for query in (f"city={vladivostok.pk}", f"recruiter={olga.pk}"):
        page = text(f"{reverse(LIST)}?{query}")
        assert "Другой" in page and "Один" not in page
    assert "Один" in text(f"{reverse(LIST)}?event={event.pk}")
    assert "Один" not in text(f"{reverse(LIST)}?event={ObjectId()}")
    assert "Один" not in text(f"{reverse(LIST)}?starts_at_from={days(30)}")
    assert "Один" in text(f"{reverse(LIST)}?starts_at_from={days(1)}&starts_at_to={days(3)}")


def test_many_slots_are_previewed_then_made_in_the_citys_time(
    desk: Client, event: InterviewEvent, vladivostok: City
) -> None:
    url = reverse("admin:scheduling_interviewevent_add_slots", args=[event.pk])
    preview = desk.post(url, {**many(vladivostok), "preview": "1"}).content.decode()
    assert "6 slots will be made" in preview and "Make 6 slots" in preview
    assert not InterviewSlot.objects.exists()
    response = desk.post(url, {**many(vladivostok), "create": "1"})
    assert response.status_code == 302
    made = InterviewSlot.objects.order_by("starts_at")
    local = {slot.starts_at.astimezone(ZoneInfo("Asia/Vladivostok")).strftime("%Y-%m-%d %H:%M") for slot in made}
    assert local == {f"{days(day)} {time}" for day in (2, 3) for time in ("10:00", "10:20", "14:30")}
    assert {(slot.max_users, slot.room) for slot in made} == {(2, "301")}


def test_a_time_that_the_clocks_skip_is_refused_and_one_that_stays_is_not_asked_again(
    desk: Client, make_slot: MakeSlot, event: InterviewEvent
) -> None:
    """Guards: ``from_wall_clock`` in both forms, ``_moment``."""
    berlin = City.objects.create(name="Берлин", timezone="Europe/Berlin")
    skipped, twice = _change_of_clocks(forward=True), _change_of_clocks(forward=False)
    form = many(berlin, first_day="", last_day="", days=f"{skipped:%d.%m.%Y}", times="02:30, 03:30")
    answer = desk.post(reverse("admin:scheduling_interviewevent_add_slots", args=[event.pk]), {**form, "create": "1"})
    assert "Give 01:30 or 03:30" in answer.content.decode() and not InterviewSlot.objects.exists()

    second = datetime.combine(twice, time(2, 30), ZoneInfo("Europe/Berlin")).replace(fold=1)
    slot = make_slot(second.astimezone(UTC) - clock.now(), city=berlin)
    kept = slot.starts_at
    assert desk.post(page_of(slot), form_of(slot, room="7")).status_code == 302
    slot.refresh_from_db()
    assert (slot.room, slot.starts_at) == ("7", kept)
    answer = desk.post(page_of(slot), form_of(slot, starts_at_0=f"{skipped}", starts_at_1="02:30"))
    assert "Give 01:30 or 03:30" in answer.content.decode()


def _change_of_clocks(*, forward: bool) -> date:
    """The next Sunday on which Berlin's clocks are put forward, or back."""
    day = today() + timedelta(days=2)
    while True:
        early, late = (datetime.combine(day, time(hour), ZoneInfo("Europe/Berlin")) for hour in (0, 12))
        change = late.utcoffset() - early.utcoffset()  # type: ignore[operator]
        if change and (change > timedelta()) is forward:
            return day
        day += timedelta(days=1)


def test_many_slots_are_held_online(desk: Client, event: InterviewEvent, moscow: City) -> None:
    url = reverse("admin:scheduling_interviewevent_add_slots", args=[event.pk])
    online = many(moscow, location="", room="", video_link=LINK)
    for _press in range(2):
        desk.post(url, {**online, "create": "1"})
    made = InterviewSlot.objects.all()
    assert {(slot.location, slot.room, slot.video_link) for slot in made} == {("", "", LINK)} and len(made) == 6


def test_making_the_same_slots_again_makes_none(desk: Client, event: InterviewEvent, vladivostok: City) -> None:
    url = reverse("admin:scheduling_interviewevent_add_slots", args=[event.pk])
    for _press in range(2):
        desk.post(url, {**many(vladivostok), "create": "1"})
    assert InterviewSlot.objects.count() == 6


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"times": "half past ten"}, "is not a time such as 10:30"),
        ({"first_day": "", "last_day": "", "days": ""}, "Give days"),
        ({"days": "31.02.2026"}, "is not a day such as"),
        ({"days": "01.01.2999"}, "at most a year ahead"),
        ({"first_day": "2026-01-01", "last_day": "2020-01-01"}, "must not be before the first"),
        ({"max_users": "0"}, "greater than or equal to 1"),
        ({"duration_minutes": "9" * 30}, "less than or equal to 1440"),
        ({"city": "6b0210a10ebbd9947507d2a0"}, "Select a valid choice"),
        ({"city": "x"}, "Object Id"),
        ({"location": ""}, "Give a location, or a video link"),
        ({"video_link": "https://meet.example/x"}, "clear this, or the video link"),
    ],
)
def test_a_mistake_in_many_slots_is_shown_and_makes_none(
    desk: Client, event: InterviewEvent, moscow: City, changes: dict[str, str], message: str
) -> None:
    url = reverse("admin:scheduling_interviewevent_add_slots", args=[event.pk])
    response = desk.post(url, {**many(moscow, **changes), "create": "1"})
    assert message in response.content.decode()
    assert not InterviewSlot.objects.exists()


def test_days_in_the_past_are_left_out(desk: Client, event: InterviewEvent, moscow: City) -> None:
    url = reverse("admin:scheduling_interviewevent_add_slots", args=[event.pk])
    order = many(moscow, first_day=days(-1), last_day=days(1), times="00:00", preview="1")
    page = desk.post(url, order).content.decode()
    skipped = page.partition('id="skipped"')[2].partition("</ul>")[0]
    assert "already past" in skipped and f"{today() - timedelta(days=1):%d.%m.%Y}, 00:00" in skipped


def test_a_slot_is_made_alone_too(desk: Client, event: InterviewEvent, vladivostok: City) -> None:
    order = {
        "event": str(event.pk),
        "city": str(vladivostok.pk),
        "recruiter": "",
        "starts_at_0": days(5),
        "starts_at_1": "12:15",
        "duration_minutes": 20,
        "max_users": 3,
        "location": "Офис",
        "room": "",
        "is_active": "on",
        "reason": "",
    }
    assert desk.post(reverse("admin:scheduling_interviewslot_add"), order).status_code == 302
    starts_at = InterviewSlot.objects.get().starts_at.astimezone(ZoneInfo("Asia/Vladivostok"))
    assert f"{starts_at:%Y-%m-%d %H:%M}" == f"{days(5)} 12:15"


def test_a_change_goes_through_the_use_case(desk: Client, make_slot: MakeSlot) -> None:
    slot = on_the_minute(make_slot(capacity=2))
    desk.post(page_of(slot), form_of(slot, max_users=4, room="42"))
    changed = InterviewSlot.objects.get()
    assert (changed.max_users, changed.room, changed.starts_at) == (4, "42", slot.starts_at)
    entry = AuditEntry.objects.get(subject="slot")
    assert (entry.actor, entry.before["max_users"], entry.after["max_users"]) == ("staff:anna", 2, 4)


def test_an_untouched_form_changes_nothing(desk: Client, make_slot: MakeSlot) -> None:
    slot = on_the_minute(make_slot())
    desk.post(page_of(slot), form_of(slot))
    assert not AuditEntry.objects.filter(subject="slot").exists()


def test_another_city_keeps_the_clock_time(desk: Client, make_slot: MakeSlot, vladivostok: City) -> None:
    slot = on_the_minute(make_slot(timedelta(days=3)))
    desk.post(page_of(slot), form_of(slot, city=str(vladivostok.pk)))
    assert InterviewSlot.objects.get().starts_at == slot.starts_at - timedelta(hours=7)


def test_capacity_below_the_number_booked_is_refused_beside_its_field(
    desk: Client, make_slot: MakeSlot, maria: Candidate, ivan: Candidate
) -> None:
    slot = on_the_minute(make_slot(capacity=3))
    for person in (maria, ivan):
        book_for(person.telegram_id, str(slot.pk), actor="anna", reason="")
    response = desk.post(page_of(slot), form_of(slot, max_users=1))
    assert response.status_code == 200
    assert "2 already booked" in response.content.decode()
    assert InterviewSlot.objects.get().max_users == 3


@pytest.mark.parametrize(
    "changes",
    [
        {"starts_at_0": "0001-01-01"},
        {"starts_at_0": "9999-12-31", "starts_at_1": "23:59"},
        {"starts_at_0": "2020-01-01"},
        {"starts_at_1": "25:00"},
        {"duration_minutes": "-5"},
        {"max_users": "9" * 40},
        {"city": "x"},
        {"recruiter": "6b0210a10ebbd9947507d2a0"},
        {"location": "x" * 200},
        {"city": ""},
    ],
)
def test_wrong_input_is_shown_and_changes_nothing(desk: Client, make_slot: MakeSlot, changes: dict[str, str]) -> None:
    slot = on_the_minute(make_slot())
    response = desk.post(page_of(slot), form_of(slot, **changes))
    assert response.status_code == 200
    assert InterviewSlot.objects.get().updated_at == slot.updated_at


def test_a_slot_shows_who_is_booked(text: Text, make_slot: MakeSlot, maria: Candidate) -> None:
    slot = make_slot()
    book_for(maria.telegram_id, str(slot.pk), actor="anna", reason="")
    page = text(page_of(slot))
    assert "Мария Петрова" in page and "https://t.me/maria_p" in page


def test_an_empty_slot_is_deleted_after_asking(desk: Client, make_slot: MakeSlot) -> None:
    slot = make_slot()
    assert "will be deleted" in desk.get(page_of(slot, "delete")).content.decode()
    assert InterviewSlot.objects.exists()
    desk.post(page_of(slot, "delete"), {"_confirm": "1"})
    assert not InterviewSlot.objects.exists()


def test_a_slot_that_is_only_proposed_to_somebody_goes_without_a_question_about_their_booking(
    desk: StaffClient, make_slot: MakeSlot, maria: Candidate
) -> None:
    """They have their booking elsewhere: nothing is to become of it. Guard: ``choices_of`` in ``_asked``."""
    own, proposed = make_slot(), make_slot(timedelta(days=1))
    book_for(maria.telegram_id, str(own.pk), actor="anna", reason="")
    wish = {"attendance": "reschedule_asked", "attendance_at": clock.now(), "offered_slot_id": proposed.pk}
    collection("bookings").update_one({}, {"$set": wish})
    page = desk.get(page_of(proposed, "delete")).content.decode()
    assert "Мария Петрова" in page and "nobody is booked" in page
    assert "What becomes of the bookings?" not in page and "in which people are booked" not in page
    desk.confirm(page_of(proposed, "delete"))
    assert [slot.pk for slot in InterviewSlot.objects.all()] == [own.pk]
    row = Booking.objects.get()
    assert (row.status, row.slot_id, row.offered_slot_id) == ("booked", own.pk, None)


def test_a_booked_slot_is_not_deleted_but_its_people_are_named(
    text: Text, make_slot: MakeSlot, maria: Candidate
) -> None:
    slot = make_slot()
    book_for(maria.telegram_id, str(slot.pk), actor="anna", reason="")
    page = text(page_of(slot, "delete"))
    assert "Мария Петрова" in page and "A slot goes only with nobody in it" in page
    assert InterviewSlot.objects.exists()


def test_of_several_slots_the_free_ones_go_and_the_booked_ones_are_named(
    desk: Client, make_slot: MakeSlot, maria: Candidate
) -> None:
    booked, free = make_slot(), make_slot()
    book_for(maria.telegram_id, str(booked.pk), actor="anna", reason="")
    order = {"action": "delete_slots", "_selected_action": [str(booked.pk), str(free.pk)], "_confirm": "1"}
    asked = desk.post(reverse(LIST), {name: value for name, value in order.items() if name != "_confirm"})
    assert "Мария Петрова" in asked.content.decode() and InterviewSlot.objects.count() == 2
    page = desk.post(reverse(LIST), order, follow=True).content.decode()
    assert "1 slot deleted. 1 slot stays: people are booked." in page
    assert [slot.pk for slot in InterviewSlot.objects.all()] == [booked.pk]


def test_someone_is_booked_by_staff(desk: Client, make_slot: MakeSlot, maria: Candidate) -> None:
    slot = make_slot()
    response = desk.post(page_of(slot, "book"), {"telegram_id": maria.telegram_id, "reason": "", "_confirm": "1"})
    assert response.status_code == 302
    assert Booking.objects.get().telegram_id == maria.telegram_id
    page = desk.post(page_of(slot, "book"), {"telegram_id": 1099, "_confirm": "1"}, follow=True).content.decode()
    assert "Nobody is called so" in page


def test_a_closed_slot_is_booked_only_past_the_limits_and_with_a_reason(
    desk: Client, make_slot: MakeSlot, maria: Candidate
) -> None:
    slot = make_slot(timedelta(minutes=30))
    order = {"telegram_id": maria.telegram_id, "_confirm": "1"}
    assert "closed for booking" in desk.post(page_of(slot, "book"), order).content.decode()
    order["beyond_limits"] = "on"
    assert "Say why" in desk.post(page_of(slot, "book"), order).content.decode()
    assert not Booking.objects.exists()
    assert desk.post(page_of(slot, "book"), {**order, "reason": "Договорились"}).status_code == 302
    assert Booking.objects.exists()


def test_times_typed_around_midnight_stay_on_their_day(desk: Client, make_slot: MakeSlot, vladivostok: City) -> None:
    slot = on_the_minute(make_slot(city=vladivostok))
    desk.post(page_of(slot), form_of(slot, starts_at_0=days(6), starts_at_1="00:10"))
    expected = datetime.fromisoformat(f"{days(6)}T00:10").replace(tzinfo=ZoneInfo("Asia/Vladivostok"))
    assert InterviewSlot.objects.get().starts_at == expected


def test_the_message_after_a_change_names_the_new_time(desk: Client, make_slot: MakeSlot) -> None:
    """Guard: ``refresh_from_db``, after every form's use case."""
    slot = on_the_minute(make_slot(timedelta(days=3)))
    before = str(slot)
    answer = desk.post(page_of(slot), form_of(slot, starts_at_1="23:41"), follow=True)
    (message,) = (str(one) for one in answer.context["messages"])
    slot.refresh_from_db()
    assert str(slot) in message and before not in message


def test_the_history_is_told_as_it_was_then_on_the_clocks_of_the_place(
    desk: StaffClient, text: Text, make_slot: MakeSlot, vladivostok: City, maria: Candidate
) -> None:
    """Guard: ``names_then``; the slot has moved since, and to another room."""
    slot = on_the_minute(make_slot(timedelta(days=3), city=vladivostok))
    book_for(maria.telegram_id, str(slot.pk), actor="anna", reason="")
    desk.confirm(page_of(slot), form_of(slot, starts_at_1="15:17", room="7"))
    of_booking = reverse("admin:scheduling_booking_change", args=[Booking.objects.get().pk])
    for page in (page_of(slot), of_booking):
        history = text(page).partition('id="audit-trail"')[2].partition("</table>")[0]
        assert "15:17 (Vladivostok; " in history
        assert history.count(" (Vladivostok") >= history.count("<tr>") - 1 > 0, "the moments of the entries, too"
    when = format_moment(slot.starts_at, "Asia/Vladivostok")
    booked = text(of_booking).partition('id="audit-trail"')[2].partition("</table>")[0]
    assert f"slot: {when}, Офис на Тверской, room 3.14, Владивосток</div>" in booked, "as it was when they booked"
    assert (
        f"slot: {when}, Офис на Тверской, room 3.14, Владивосток → " in booked
        and ", Офис на Тверской, room 7, Вл" in booked
    )


def test_a_day_of_the_filter_is_the_citys_day(
    desk: Client, text: Text, make_slot: MakeSlot, vladivostok: City, maria: Candidate
) -> None:
    """Half past six in Vladivostok is half past eleven the evening before in Moscow. Guards: ``SlotDayFilter``,
    ``BookingDayFilter``; of the front page ``bookings_on``."""
    day = today() + timedelta(days=5)
    there = datetime.combine(day, time(6, 30), ZoneInfo("Asia/Vladivostok"))
    slot = make_slot(there - clock.now(), city=vladivostok)
    book_for(maria.telegram_id, str(slot.pk), actor="anna", reason="")
    for page, shown in ((LIST, "Офис на Тверской"), ("admin:scheduling_booking_changelist", "Мария Петрова")):
        for on, found in ((day, True), (day - timedelta(days=1), False)):
            assert (shown in text(f"{reverse(page)}?starts_at_from={on}&starts_at_to={on}")) is found, (page, on)
        assert shown in text(f"{reverse(page)}?starts_at_from={day}")
        assert shown in text(f"{reverse(page)}?starts_at_to={day}")
    assert collection("bookings").count_documents(bookings_on(day)) == 1
    assert collection("bookings").count_documents(bookings_on(day - timedelta(days=1))) == 0


def test_an_online_slot_is_made_found_shown_and_moved_to_an_office(
    desk: StaffClient, text: Text, make_slot: MakeSlot, maria: Candidate
) -> None:
    """FR10. The list, the booking's page, the export and the audit trail name the link."""
    slot = on_the_minute(make_slot())
    fields = form_of(slot, location="", room="", video_link=LINK)
    assert desk.post(reverse("admin:scheduling_interviewslot_add"), fields).status_code == 302
    made = InterviewSlot.objects.get(video_link=LINK)
    assert LINK in text(f"{reverse(LIST)}?q=room-5")
    book_for(maria.telegram_id, str(made.pk), actor="anna", reason="")
    booking = Booking.objects.get()
    assert LINK in text(reverse("admin:scheduling_booking_change", args=[booking.pk]))
    (row,) = exported(desk)
    assert (row["Location"], row["Room"], row["Video link"]) == ("", "", LINK)

    both = desk.post(page_of(made), form_of(made, location="Офис", video_link=LINK)).content.decode()
    assert "clear this, or the video link" in both
    neither = desk.post(page_of(made), form_of(made, video_link="")).content.decode()
    assert "Give a location, or a video link" in neither
    assert desk.confirm(page_of(made), form_of(made, location="Офис", video_link="")).status_code == 302
    assert "video link: https://meet.example/room-5 → —" in text(page_of(made))


def test_a_new_event_leads_on_to_its_slots_and_the_calendar_is_named_so(desk: StaffClient) -> None:
    """Guards: ``response_post_save_add``, ``content_title``."""
    minutes = {"booking_cutoff_minutes": 120, "move_cutoff_minutes": 120, "cancel_cutoff_minutes": 0}
    fields = {"title": "Курьер", "is_open": "on", "pending_hours": 24, "reminder_minutes": 120, **minutes}
    page = desk.post(reverse("admin:scheduling_interviewevent_add"), fields, follow=True).content.decode()
    event = InterviewEvent.objects.get()
    assert f'<a href="{reverse("admin:scheduling_interviewevent_add_slots", args=[event.pk])}">add slots</a>' in page
    calendar = desk.get("/admin/scheduling/interviewslot/calendar/").content.decode()
    assert "Calendar" in calendar.partition("<h1")[2].partition("</h1>")[0]
