"""A city's time zone put right after people have booked (FR10; spec, "Time")."""

import re
from datetime import date, datetime, time, timedelta
from html import unescape
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from common import clock
from common.mongo import collection
from common.zones import MOSCOW
from message_templates.services.seeding import seed_defaults
from people.models import Candidate, City
from scheduling import tasks
from scheduling.models import Booking, InterviewEvent, InterviewSlot
from scheduling.services.editing.city_zones import Kept, put_zone_right, shift_of
from scheduling.services.staff_commands import book_for
from scheduling.services.store.slots import load_slots
from scheduling.staff.moments import name_of
from tests.conftest import MakeSlot
from tests.helpers import asking
from tests.helpers.card_tools import news
from tests.helpers.staff_client import StaffClient

VLADIVOSTOK, BERLIN = "Asia/Vladivostok", "Europe/Berlin"


def page_of(city: City) -> str:
    return reverse("admin:people_city_change", args=[city.pk])


def fields_of(city: City, **fields: str) -> dict[str, str]:
    return {"name": city.name, "timezone": VLADIVOSTOK, "contact_url": city.contact_url, **fields}


def asked(desk: StaffClient, city: City) -> Any:
    """The page that asks."""
    return desk.post(page_of(city), fields_of(city))


@pytest.fixture
def booking(make_slot: MakeSlot, maria: Candidate) -> Booking:
    """Maria's."""
    seed_defaults()
    book_for(maria.telegram_id, str(make_slot(timedelta(days=3), capacity=2).pk), actor="anna", reason="")
    collection("outbox").delete_many({})
    return Booking.objects.get()


@pytest.mark.parametrize(("choice", "moved"), [("clock", timedelta(hours=-7)), ("instant", timedelta())])
def test_staff_are_shown_whom_it_concerns_and_choose_what_stays(
    desk: StaffClient, moscow: City, booking: Booking, choice: str, moved: timedelta
) -> None:
    """Guards: ``foresee``, ``put_zone_right``, ``_as_told``."""
    page = asked(desk, moscow)
    text = page.content.decode()
    for fact in ("Slots that shift: 1", "Bookings in them: 1", "Мария Петрова"):
        assert fact in text
    assert text.count('class="wording-bubble"') == 2, "what she is told, either way"
    moscow.refresh_from_db()
    assert moscow.timezone == "Europe/Moscow" and not news()
    assert Booking.objects.get().version == booking.version

    assert desk.answer(page_of(moscow), page, choice=choice, reason="Ошиблись").status_code == 302
    after = Booking.objects.get()
    assert after.starts_at == booking.starts_at + moved == InterviewSlot.objects.get(pk=booking.slot_id).starts_at
    assert (after.slot.timezone, after.version) == (VLADIVOSTOK, booking.version + 1)
    (told,) = news()
    assert (told.kind, told.booking.slot.city.timezone, told.reason) == ("booking_changed", VLADIVOSTOK, "Ошиблись")


@pytest.mark.parametrize("choice", ["clock", "instant"])
def test_who_comes_soon_into_a_slot_that_is_closed_for_booking_is_told_too(
    desk: StaffClient, moscow: City, make_slot: MakeSlot, maria: Candidate, choice: str
) -> None:
    """On the right clocks the time they were told has passed, so the moment stays. Guard: ``put_zone_right``."""
    slot = make_slot(timedelta(minutes=30))
    book_for(maria.telegram_id, str(slot.pk), actor="anna", reason="срочно", beyond_limits=True)
    collection("outbox").delete_many({})
    assert desk.answer(page_of(moscow), asked(desk, moscow), choice=choice).status_code == 302
    (told,) = news()
    assert told.kind == "booking_changed" and told.slot_before
    assert told.booking.slot.starts_at == told.slot_before.starts_at == Booking.objects.get().starts_at
    assert (told.slot_before.city.timezone, told.booking.slot.city.timezone) == ("Europe/Moscow", VLADIVOSTOK)


def test_without_a_choice_nothing_is_saved(desk: StaffClient, moscow: City, booking: Booking) -> None:
    page = desk.answer(page_of(moscow), asked(desk, moscow))
    assert "This field is required" in page.content.decode()
    moscow.refresh_from_db()
    assert moscow.timezone == "Europe/Moscow"


def test_who_comes_meanwhile_is_asked_about_too(
    desk: StaffClient, moscow: City, booking: Booking, ivan: Candidate
) -> None:
    """Guard: ``is_as_shown``."""
    page = asked(desk, moscow)
    book_for(ivan.telegram_id, str(booking.slot_id), actor="anna", reason="")
    again = desk.answer(page_of(moscow), page, choice="instant").content.decode()
    assert "Bookings in them: 2" in again and "Иван Сидоров" in again
    moscow.refresh_from_db()
    assert moscow.timezone == "Europe/Moscow"


def test_a_zone_that_shifts_nothing_asks_nothing(desk: StaffClient, moscow: City, booking: Booking) -> None:
    """Volgograd's clocks show Moscow's time. Guard: ``_differs``."""
    sent = desk.post(page_of(moscow), fields_of(moscow, timezone="Europe/Volgograd"))
    assert sent.status_code == 302
    assert Booking.objects.get().version == booking.version and not news()


def test_the_citys_people_are_told_of_online_interviews_elsewhere(
    desk: StaffClient, moscow: City, make_slot: MakeSlot, maria: Candidate
) -> None:
    """An online interview is told on the reader's clock, which is another then. Guard: ``tell_readers``."""
    kazan = City.objects.create(name="Казань")
    Candidate.objects.filter(pk=maria.pk).update(city=moscow)
    slot = make_slot(timedelta(days=3), city=kazan, video_link="https://meet.example/x", location="", room="")
    book_for(maria.telegram_id, str(slot.pk), actor="anna", reason="")
    collection("outbox").delete_many({})
    before = Booking.objects.get()

    page = asked(desk, moscow)
    assert "Мария Петрова" in page.content.decode()
    assert desk.answer(page_of(moscow), page).status_code == 302

    (told,) = news()
    assert (told.timezone_before, told.timezone) == ("Europe/Moscow", VLADIVOSTOK)
    assert told.slot_before and told.slot_before.starts_at == told.booking.slot.starts_at == before.starts_at
    assert Booking.objects.get().version == before.version


def test_people_of_the_city_are_told_on_the_clocks_they_had(
    desk: StaffClient, moscow: City, booking: Booking, maria: Candidate
) -> None:
    """Guard: ``_with_clocks``."""
    Candidate.objects.filter(pk=maria.pk).update(city=moscow)
    desk.answer(page_of(moscow), asked(desk, moscow), choice="clock")
    (told,) = news()
    assert (told.timezone_before, told.timezone) == ("Europe/Moscow", VLADIVOSTOK)


def test_single_people_can_be_moved_or_called_off_as_the_zone_changes(
    desk: StaffClient, moscow: City, booking: Booking, make_slot: MakeSlot, maria: Candidate, ivan: Candidate
) -> None:
    """They read of the interview as they knew it, at its time and on its clocks. Guard: ``_left_before_edits``."""
    book_for(ivan.telegram_id, str(booking.slot_id), actor="anna", reason="")
    his = Booking.objects.get(user_id=ivan.pk)
    there = make_slot(timedelta(days=4), city=City.objects.create(name="Казань"))
    collection("outbox").delete_many({})
    fields = {f"for_{booking.pk}": "move", f"to_{booking.pk}": name_of(load_slots({"_id": there.pk})[0])}
    fields |= {f"for_{his.pk}": "cancel", f"words_{his.pk}": "Увы", "choice": "clock"}
    shown = desk.answer(page_of(moscow), asked(desk, moscow), **fields)
    assert "This is what your choices mean" in shown.content.decode() and not news()
    assert desk.answer(page_of(moscow), shown, **fields).status_code == 302

    told = {item.user_telegram_id: item for item in news()}
    moved, off = told[maria.telegram_id], told[ivan.telegram_id]
    assert (moved.kind, off.kind, off.reason) == ("booking_moved", "booking_cancelled", "Увы")
    assert moved.booking.slot.id == str(there.pk) and moved.slot_before
    for slot in (moved.slot_before, off.booking.slot):
        assert (slot.starts_at, slot.city.timezone) == (booking.starts_at, "Europe/Moscow")


def begun(booking: Booking, ago: timedelta) -> datetime:
    """When the interview begins from now on: so long ago, by the city's clocks as they are."""
    asking.let_begin({"_id": booking.pk, "slot_id": booking.slot_id}, ago)
    started = Booking.objects.get().starts_at
    return started


def last_sunday(month: int) -> date:
    """Of the month next year: Berlin's clocks are put forward in March, back in October."""
    end = date(clock.now().year + 1, month, 31)
    return end - timedelta(days=(end.weekday() + 1) % 7)


def at_moscows(day: date, hour: int, minute: int = 0, **fields: object) -> InterviewSlot:
    """A slot whose time was typed on Moscow's clocks."""
    starts_at = datetime.combine(day, time(hour, minute), ZoneInfo(MOSCOW))
    city, event = City.objects.get(), InterviewEvent.objects.get()
    where = {"city": city, "location": "Офис на Тверской", **fields}
    times = {"starts_at": starts_at, "closes_at": starts_at, "ends_at": starts_at + timedelta(minutes=20)}
    return InterviewSlot.objects.create(event=event, max_users=2, duration_minutes=20, **times, **where)


def begins(slot: InterviewSlot, zone: str = BERLIN) -> str:
    """When it begins now, on a zone's clocks."""
    return f"{InterviewSlot.objects.get(pk=slot.pk).starts_at.astimezone(ZoneInfo(zone)):%H:%M %z}"


def start_options(page: str, slot: InterviewSlot) -> dict[str, str]:
    """What staff can say of a slot's start, by its label."""
    asked = page.split(f'name="at_{slot.pk}"')[1].split("</select>", maxsplit=1)[0]
    found = re.findall(r'<option value="([^"]*)"[^>]*>([^<]*)</option>', asked)
    return {label.strip(): unescape(value) for value, label in found}


@pytest.mark.parametrize(
    ("month", "why", "nearest"),
    [(3, "does not exist there", ["01:30 +0100", "03:30 +0200"]), (10, "comes twice", ["01:30 +0200", "03:30 +0100"])],
)
def test_of_a_time_that_cant_stay_staff_say_when_it_begins(
    desk: StaffClient, event: InterviewEvent, moscow: City, maria: Candidate, month: int, why: str, nearest: list[str]
) -> None:
    """Moscow's 02:30 is no moment in Berlin that night, or two. Nothing is done before it is said, and two slots are
    never put at one moment unseen. Guards: ``change_at`` in ``_same_clock``, ``StartChoice``, ``NeedKind.PLACE``."""
    seed_defaults()
    slot, next_one = at_moscows(last_sunday(month), 2, 30), at_moscows(last_sunday(month), 3, 30)
    book_for(maria.telegram_id, str(slot.pk), actor="anna", reason="")
    collection("outbox").delete_many({})
    ask = {"timezone": BERLIN}
    page = desk.post(page_of(moscow), fields_of(moscow, **ask))
    text = page.content.decode()
    assert why in text and "Of these, slots whose clock can stay: 1" in text and f"at_{next_one.pk}" not in text
    options = start_options(text, slot)
    earlier, later, kept = (value for label, value in options.items() if value)
    unsaid = desk.answer(page_of(moscow), page, choice="clock")
    assert "Say when it begins." in unsaid.content.decode() and begins(slot, MOSCOW).startswith("02:30")

    said = {f"at_{slot.pk}": later, "choice": "clock"}
    shown = desk.answer(page_of(moscow), page, **said)
    assert "This is what your choices mean" in shown.content.decode() and "03:30" in shown.content.decode()
    clash = desk.answer(page_of(moscow), shown, **said).content.decode()
    assert "one slot twice" in clash and not news() and begins(slot, MOSCOW).startswith("02:30")

    said[f"at_{slot.pk}"] = earlier
    shown = desk.answer(page_of(moscow), page, **said)
    assert desk.answer(page_of(moscow), shown, **said).status_code == 302
    assert [begins(slot), begins(next_one)] == nearest
    assert [item.kind for item in news()] == ["booking_changed"] and kept == "instant"


def test_the_moment_of_a_single_slot_can_stay_while_the_others_keep_their_clock(
    desk: StaffClient, event: InterviewEvent, moscow: City
) -> None:
    """Guard: ``_KEPT``."""
    slot, other = at_moscows(last_sunday(3), 2, 30), at_moscows(last_sunday(3), 12)
    page, said = desk.post(page_of(moscow), fields_of(moscow, timezone=BERLIN)), {f"at_{slot.pk}": "instant"}
    shown = desk.answer(page_of(moscow), page, choice="clock", **said)
    assert desk.answer(page_of(moscow), shown, choice="clock", **said).status_code == 302
    assert (begins(slot, MOSCOW), begins(other)) == ("02:30 +0300", "12:00 +0200")


def test_staff_are_warned_of_interviews_at_night_and_of_times_that_have_passed(
    desk: StaffClient, event: InterviewEvent, moscow: City, make_slot: MakeSlot
) -> None:
    """Guards: ``at_night``, ``overtaken``."""
    soon, day = make_slot(timedelta(minutes=30), room=""), clock.now().date() + timedelta(days=9)
    for hour, minute in ((16, 0), (23, 50), (15, 0)):
        at_moscows(day, hour, minute)
    at_moscows(day, 18, location="", video_link="https://meet.example/x")
    page = asked(desk, moscow).content.decode()
    (night,) = re.findall(r"<li>At night there, if the moment is kept: ([^<]*)</li>", page)
    (passed,) = re.findall(r"<li>Their clock time has passed there, so they keep their moment: ([^<]*)</li>", page)
    assert "23:00 (" in night and "06:50 (" in night and "22:00 (" not in night and "meet.example" not in night
    assert f"{soon.starts_at.astimezone(ZoneInfo(VLADIVOSTOK)):%H:%M}" in passed


@pytest.mark.parametrize(("kept", "moved"), [(Kept.CLOCK, timedelta(hours=-7)), (Kept.INSTANT, timedelta())])
def test_what_is_past_is_right_from_then_on_and_nobody_is_told(
    moscow: City, booking: Booking, kept: Kept, moved: timedelta
) -> None:
    """Slot, booking and history. Guards: ``put_past_right``, ``past`` in ``shift_of``."""
    started = begun(booking, timedelta(hours=1))
    tasks.close_finished()
    assert shift_of(moscow.pk, "Europe/Moscow", VLADIVOSTOK).past == 1
    moscow.timezone = VLADIVOSTOK
    put_zone_right(moscow, kept, actor="anna", reason="Ошиблись")

    slot, after = InterviewSlot.objects.get(), Booking.objects.get()
    assert (slot.starts_at, after.starts_at, after.ends_at) == (started + moved, started + moved, slot.ends_at)
    assert slot.closes_at < slot.starts_at < slot.ends_at
    assert (after.slot.timezone, after.status, news()) == (VLADIVOSTOK, "unmarked", [])
    for subject in (slot.pk, booking.pk):
        entry = collection("audit_entries").find({"subject_id": subject}).sort("_id", -1)[0]
        assert (entry["actor"], entry["reason"], entry["after"]["zone"]) == ("staff:anna", "Ошиблись", VLADIVOSTOK)
        assert entry["after"]["starts_at"] == slot.starts_at.isoformat()


def test_what_only_seemed_to_be_over_is_to_come_again(moscow: City, booking: Booking, maria: Candidate) -> None:
    """The office is in Kaliningrad, an hour later. Guards: ``_is_to_come_after_all``, ``_taken_for_over``."""
    started = begun(booking, timedelta(minutes=30))
    tasks.close_finished()
    assert (Booking.objects.get().status, InterviewSlot.objects.get().booked_users) == ("unmarked", [])
    moscow.timezone = "Europe/Kaliningrad"
    put_zone_right(moscow, Kept.CLOCK, actor="anna")

    slot, after = InterviewSlot.objects.get(), Booking.objects.get()
    assert after.starts_at == slot.starts_at == started + timedelta(hours=1)
    assert (after.status, after.live, slot.booked_users) == ("booked", True, [maria.pk])
    assert [item.kind for item in news()] == ["booking_changed"]
    asking.assert_sound()
    tasks.close_finished()
    assert Booking.objects.get().live


@pytest.mark.parametrize("choice", ["cancel", "move"])
def test_who_is_only_booked_again_by_it_can_be_called_off_or_moved_and_is_told_once(
    desk: StaffClient, moscow: City, booking: Booking, maria: Candidate, make_slot: MakeSlot, choice: str
) -> None:
    """The interview seemed to be over: they read of the time they knew, on the clocks they had.

    Guards: ``ended_among``, ``again`` and ``unseen`` in the news of bookings; ``_with_clocks``."""
    Candidate.objects.filter(pk=maria.pk).update(city=moscow)
    started = begun(booking, timedelta(minutes=30))
    there = make_slot(timedelta(days=4), city=City.objects.create(name="Казань"))
    tasks.close_finished()
    ask = {"choice": "clock", f"for_{booking.pk}": choice, f"words_{booking.pk}": "Увы"}
    if choice == "move":
        ask[f"to_{booking.pk}"] = name_of(load_slots({"_id": there.pk})[0])
    page = desk.post(page_of(moscow), fields_of(moscow, timezone="Europe/Kaliningrad"))
    shown = desk.answer(page_of(moscow), page, **ask)
    assert "This is what your choices mean" in shown.content.decode()
    assert f"{started.astimezone(ZoneInfo(MOSCOW)):%H:%M}" in shown.content.decode()
    assert desk.answer(page_of(moscow), shown, **ask).status_code == 302

    (told,) = news()
    before = told.booking.slot if choice == "cancel" else told.slot_before
    assert before and (before.starts_at, before.city.timezone) == (started, MOSCOW)
    kinds = {"cancel": ("booking_cancelled", MOSCOW, None), "move": ("booking_moved", "Europe/Kaliningrad", MOSCOW)}
    assert (told.kind, told.timezone, told.timezone_before) == kinds[choice]
    after = Booking.objects.get(pk=booking.pk)
    state = ("cancelled", False, started + timedelta(hours=1))
    assert (after.status, after.slot_id == there.pk, after.starts_at) == (
        state if choice == "cancel" else ("booked", True, there.starts_at)
    )
    asking.assert_sound()


def test_who_has_booked_anew_since_is_not_booked_twice(
    moscow: City, booking: Booking, maria: Candidate, make_slot: MakeSlot
) -> None:
    """I3. Guards: ``live_bookings_of`` in ``_taken_for_over``; ``put_ended_right`` for what is past of it."""
    begun(booking, timedelta(minutes=30))
    tasks.close_finished()
    book_for(maria.telegram_id, str(make_slot(timedelta(days=4)).pk), actor="anna", reason="")
    moscow.timezone = "Europe/Kaliningrad"
    put_zone_right(moscow, Kept.CLOCK, actor="anna")
    first = Booking.objects.get(pk=booking.pk)
    assert (first.status, first.starts_at) == ("unmarked", InterviewSlot.objects.get(pk=booking.slot_id).starts_at)
    asking.assert_sound()
