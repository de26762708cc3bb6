"""What staff choose for those whom a change concerns: keep and tell, keep silently, move, cancel (FR10)."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from common import clock
from common.models import AuditEntry
from common.mongo import collection
from message_templates.services.seeding import seed_defaults
from people.models import Candidate, City, Office, Recruiter
from scheduling.models import Booking, InterviewEvent, InterviewSlot, WaitingEntry
from scheduling.services.staff_commands import book_for
from scheduling.services.store.slots import load_slots
from scheduling.staff.moments import name_of
from shared_contracts.notification import NotificationKind
from tests.conftest import MakeCandidate, MakeSlot
from tests.desk.test_office_pages import page_of_office, sent
from tests.desk.test_slot_pages import form_of, on_the_minute, page_of
from tests.helpers import asking
from tests.helpers.card_tools import news
from tests.helpers.staff_client import StaffClient, unseen

pytestmark = pytest.mark.usefixtures("_templates")
SLOTS = "/admin/scheduling/interviewslot/"
CHANGED, MOVED, CANCELLED = (
    NotificationKind.BOOKING_CHANGED,
    NotificationKind.BOOKING_MOVED,
    NotificationKind.BOOKING_CANCELLED,
)


@pytest.fixture
def _templates() -> None:
    """The texts that an installation starts with."""
    seed_defaults()


@pytest.fixture
def four(make_candidate: MakeCandidate) -> list[Candidate]:
    """Anna, Boris, Vera and Gleb, who have started the bot."""
    names = ("Анна", "Борис", "Вера", "Глеб")
    return [make_candidate(first_name=name, username="", started_at=clock.now()) for name in names]


@pytest.fixture
def slot(make_slot: MakeSlot, olga: Recruiter, four: list[Candidate]) -> InterviewSlot:
    """All four are booked in it."""
    made = on_the_minute(make_slot(timedelta(days=3), capacity=4, recruiter=olga))
    for person in four:
        book_for(person.telegram_id, str(made.pk), actor="anna", reason="")
    collection("outbox").delete_many({})
    return made


@pytest.fixture
def other(make_slot: MakeSlot, olga: Recruiter) -> InterviewSlot:
    """Another slot, with one seat."""
    return on_the_minute(make_slot(timedelta(days=4), recruiter=olga))


def booking_of(person: Candidate) -> Booking:
    return Booking.objects.get(user_id=person.pk)


def named(slot: InterviewSlot) -> str:
    """The name under which the page finds a slot."""
    return name_of(load_slots({"_id": slot.pk})[0])


def waits(make_candidate: MakeCandidate, slot: InterviewSlot) -> Candidate:
    """Dina, who waits for a seat; where she lives it is noon."""
    noon = City.objects.create(name="Полдень", timezone=f"Etc/GMT{clock.now().hour - 12:+d}")
    dina = make_candidate(first_name="Дина", started_at=clock.now(), city=noon)
    row = {"joined_at": clock.now(), "telegram_id": dina.telegram_id, "name": "Дина", "state": "waiting"}
    WaitingEntry.objects.create(user_id=dina.pk, event_id=slot.event_id, city_id=slot.city_id, **row)
    return dina


def told() -> dict[int, NotificationKind]:
    """Who is told what."""
    return {item.user_telegram_id: item.kind for item in news()}


def own(person: Candidate, choice: str, to: str = "", words: str = "") -> dict[str, str]:
    """What is chosen for one person."""
    key = booking_of(person).pk
    return {f"for_{key}": choice, **({f"to_{key}": to} if to else {}), **({f"words_{key}": words} if words else {})}


def looked_at(desk: StaffClient, url: str, asked: Any, **fields: str) -> Any:
    """Choose, look at what that means, and confirm it."""
    shown = desk.answer(url, asked, **fields)
    assert "This is what your choices mean" in shown.content.decode()
    return desk.answer(url, shown, **fields)


def test_each_of_the_people_gets_what_was_chosen_for_them_all_at_once(
    desk: StaffClient, slot: InterviewSlot, other: InterviewSlot, four: list[Candidate]
) -> None:
    """Guards: ``moving``, ``cancelling``, ``is_told``, ``kept_untold`` in the trail."""
    anna, boris, vera, gleb = four
    asked = desk.post(page_of(slot), form_of(slot, room="9", reason="Ремонт"))
    fields = {
        **own(anna, "move", named(other)),
        **own(boris, "cancel", words="Вакансия закрыта"),
        **own(vera, "silent"),
        "untold_reason": "She will be met at the door",
        "reason": "Ремонт",
    }
    shown = desk.answer(page_of(slot), asked, **fields)
    page = shown.content.decode()
    assert "Вакансия закрыта" in page and "you keep it from them" in page and page.count("Ремонт") >= 2
    assert asking.slot_now(slot)["room"] == "3.14" and not news()

    assert desk.answer(page_of(slot), shown, **fields).status_code == 302
    assert told() == {anna.telegram_id: MOVED, boris.telegram_id: CANCELLED, gleb.telegram_id: CHANGED}
    assert {item.user_telegram_id: item.reason for item in news()} == {
        anna.telegram_id: "Ремонт",
        boris.telegram_id: "Вакансия закрыта",
        gleb.telegram_id: "Ремонт",
    }
    assert [booking_of(person).slot_id == slot.pk for person in four] == [False, True, True, True]
    assert booking_of(anna).slot_id == other.pk and booking_of(boris).status == "cancelled"
    entry = AuditEntry.objects.get(action="kept_untold")
    assert (entry.subject_id, entry.reason, entry.actor) == (
        booking_of(vera).pk,
        "She will be met at the door",
        "staff:anna",
    )
    assert set(asking.slot_now(slot)["booked_users"]) == {vera.pk, gleb.pk}
    assert asking.slot_now(slot)["room"] == "9"


def test_what_is_chosen_for_all_holds_for_whom_nothing_else_is_chosen(
    desk: StaffClient, slot: InterviewSlot, four: list[Candidate]
) -> None:
    asked = desk.post(page_of(slot), form_of(slot, room="9"))
    fields = {"for_all": "silent", "untold_reason": "They stand here", **own(four[0], "keep")}
    assert looked_at(desk, page_of(slot), asked, **fields).status_code == 302
    assert told() == {four[0].telegram_id: CHANGED}
    assert AuditEntry.objects.filter(action="kept_untold").count() == 3
    assert {booking.version for booking in Booking.objects.all()} == {2}, "all follow the slot"


def test_one_who_cannot_be_moved_stops_it_all_and_is_named(
    desk: StaffClient, slot: InterviewSlot, other: InterviewSlot, four: list[Candidate]
) -> None:
    """Guard: ``require_done``: two to one seat."""
    asked = desk.post(page_of(slot), form_of(slot, room="9"))
    fields = {**own(four[0], "move", named(other)), **own(four[1], "move", named(other))}
    page = desk.answer(page_of(slot), asked, **fields).content.decode()
    assert "Борис: No seat is free in this slot" in page
    assert asking.slot_now(slot)["room"] == "3.14" and not news()
    assert not AuditEntry.objects.filter(action="moved").exists()
    assert {booking.version for booking in Booking.objects.all()} == {1}


def test_a_seat_that_somebody_took_meanwhile_is_said_and_nothing_is_done(
    desk: StaffClient, slot: InterviewSlot, other: InterviewSlot, four: list[Candidate], ivan: Candidate
) -> None:
    """A stale page is refused."""
    asked = desk.post(page_of(slot), form_of(slot, room="9"))
    fields = own(four[0], "move", named(other))
    shown = desk.answer(page_of(slot), asked, **fields)
    book_for(ivan.telegram_id, str(other.pk), actor="boris", reason="")
    collection("outbox").delete_many({})
    assert "Nobody can be moved: no other slot" in desk.answer(page_of(slot), shown, **fields).content.decode()
    assert asking.slot_now(slot)["room"] == "3.14" and not news()


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"for_all": "move"}, "Choose a slot from the list"),
        ({"for_all": "move", "to_all": "tomorrow"}, "Choose a slot from the list"),
        ({"for_all": "silent"}, "Say why: people will ask"),
        ({"for_all": "cancel"}, "Give a reason"),
        ({"for_all": "delete"}, "Select a valid choice"),
    ],
)
def test_a_choice_without_what_it_needs_is_said_beside_it(
    desk: StaffClient, slot: InterviewSlot, other: InterviewSlot, fields: dict[str, str], why: str
) -> None:
    asked = desk.post(page_of(slot), form_of(slot, room="9"))
    assert why in desk.answer(page_of(slot), asked, **fields).content.decode()
    assert asking.slot_now(slot)["room"] == "3.14" and not news()


def test_the_slot_that_changes_is_no_place_to_move_to(
    desk: StaffClient, slot: InterviewSlot, other: InterviewSlot
) -> None:
    """Guard: ``touched``."""
    InterviewSlot.objects.filter(pk=slot.pk).update(max_users=5, has_room=True)
    slot = InterviewSlot.objects.get(pk=slot.pk)
    page = desk.post(page_of(slot), form_of(slot, room="9")).content.decode()
    assert f'name="to_all" value="{other.pk}"' in page and f'name="to_all" value="{slot.pk}"' not in page
    asked = {"targets_of": str(slot.event_id), "targets_without": str(slot.pk)}
    url, target = f"{SLOTS}targets/", {"HX-Target": "to_all-found"}
    found = desk.post(url, {**asked, "to_all_called": "ольга"}, headers=target).content.decode()
    assert f'value="{other.pk}"' in found and str(slot.pk) not in found, "the same as it is typed"
    assert "no such slot" in desk.post(url, {**asked, "to_all_called": "nobody"}, headers=target).content.decode()
    assert desk.post(url, {**asked, "to_all_called": "ольга"}).status_code == 400
    assert named(slot) not in page


def test_who_waits_is_offered_the_freed_seat_of_the_slot_as_it_is_then(
    desk: StaffClient, slot: InterviewSlot, four: list[Candidate], make_candidate: MakeCandidate
) -> None:
    """Guard: ``carry_out_all`` is one batch."""
    waiting = waits(make_candidate, slot)
    asked = desk.post(page_of(slot), form_of(slot, room="9"))
    assert looked_at(desk, page_of(slot), asked, **own(four[0], "cancel", words="Увы")).status_code == 302
    (offered,) = (item for item in news() if item.user_telegram_id == waiting.telegram_id)
    assert (offered.kind, offered.booking.slot.room) == (NotificationKind.SLOT_OFFERED, "9")


def test_deactivated_the_people_can_be_moved_at_the_same_time(
    desk: StaffClient, slot: InterviewSlot, other: InterviewSlot, four: list[Candidate]
) -> None:
    asked = desk.post(page_of(slot), form_of(slot, is_active=""))
    assert "keep, tell nothing" not in asked.content.decode(), "nothing is told anyway"
    assert looked_at(desk, page_of(slot), asked, **own(four[0], "move", named(other))).status_code == 302
    assert told() == {four[0].telegram_id: MOVED}
    assert not asking.slot_now(slot)["is_active"] and Booking.objects.filter(slot_id=slot.pk).count() == 3


def test_closing_an_event_can_cancel_its_bookings(
    desk: StaffClient, slot: InterviewSlot, event: InterviewEvent
) -> None:
    url = reverse("admin:scheduling_interviewevent_change", args=[event.pk])
    limits = ("pending_hours", "reminder_minutes", "booking_cutoff_minutes", "move_cutoff_minutes")
    fields = {name: getattr(event, name) for name in (*limits, "cancel_cutoff_minutes", "title", "description")}
    asked = desk.post(url, {**fields, "is_open": ""})
    assert "move to" not in asked.content.decode(), "there is nowhere to move to"
    done = looked_at(desk, url, asked, for_all="cancel", reason="Набор закрыт")
    assert done.status_code == 302
    assert {item.reason for item in news()} == {"Набор закрыт"} and set(told().values()) == {CANCELLED}
    assert not Booking.objects.filter(live=True).exists()
    event.refresh_from_db()
    assert not event.is_open


def test_an_office_and_a_citys_zone_can_change_without_a_word(
    desk: StaffClient, slot: InterviewSlot, moscow: City
) -> None:
    """Guard: ``is_told``, whatever the change is."""
    office = Office.objects.create(city=moscow, name="Лофт", address="Арбат, 1")
    InterviewSlot.objects.filter(pk=slot.pk).update(office=str(office.pk), location=office.location)
    asked = desk.post(page_of_office(office), sent(office, address="Арбат, 2"))
    silently = {"for_all": "silent", "untold_reason": "A typing mistake"}
    assert looked_at(desk, page_of_office(office), asked, **silently).status_code == 302
    url = reverse("admin:people_city_change", args=[moscow.pk])
    fields = {"name": "Москва", "timezone": "Europe/Samara", "contact_url": moscow.contact_url}
    asked = desk.post(url, fields)
    assert looked_at(desk, url, asked, **silently, choice="instant").status_code == 302
    assert not news()
    assert AuditEntry.objects.filter(action="kept_untold").count() == 8


def test_capacity_below_the_number_booked_is_refused_with_the_names(desk: StaffClient, slot: InterviewSlot) -> None:
    page = desk.post(page_of(slot), form_of(slot, max_users=2)).content.decode()
    assert "4 already booked" in page and "Анна, Борис, Вера, Глеб" in page


def deleting(slots: list[InterviewSlot]) -> dict[str, Any]:
    """The list's action, which goes on to booked slots."""
    return {"action": "delete_slots", "_selected_action": [str(slot.pk) for slot in slots], "with_booked": "1"}


def test_booked_slots_are_deleted_once_everybody_has_another_or_knows_that_it_is_off(
    desk: StaffClient, slot: InterviewSlot, other: InterviewSlot, make_slot: MakeSlot, four: list[Candidate]
) -> None:
    """Guards: ``name_people_in``, ``required``; nobody can be kept in no slot."""
    free = make_slot()
    asked = desk.post(SLOTS, deleting([slot, free]))
    assert "Анна" in asked.content.decode() and "nobody is booked" in asked.content.decode()
    assert "This field is required" in desk.answer(SLOTS, asked).content.decode()
    fields = {"for_all": "cancel", "reason": "Кабинет закрыт", **own(four[0], "move", named(other))}
    assert looked_at(desk, SLOTS, asked, **fields).status_code == 302
    assert [item.pk for item in InterviewSlot.objects.all()] == [other.pk]
    assert told() == {four[0].telegram_id: MOVED} | {person.telegram_id: CANCELLED for person in four[1:]}
    assert {item.reason for item in news()} == {"Кабинет закрыт"}
    assert [booking_of(person).live for person in four] == [True, False, False, False]


def test_one_slot_that_cannot_be_emptied_keeps_all_of_them(
    desk: StaffClient, slot: InterviewSlot, other: InterviewSlot, make_slot: MakeSlot
) -> None:
    free = make_slot()
    asked = desk.post(SLOTS, deleting([free, slot]))
    page = desk.answer(SLOTS, asked, for_all="move", to_all=named(other)).content.decode()
    assert "No seat is free in this slot" in page
    assert InterviewSlot.objects.count() == 3 and not news()
    assert Booking.objects.filter(slot_id=slot.pk, live=True).count() == 4


def test_who_books_while_a_slot_is_being_deleted_is_asked_about_first(
    desk: StaffClient, slot: InterviewSlot, four: list[Candidate], ivan: Candidate
) -> None:
    """A stale page is refused."""
    InterviewSlot.objects.filter(pk=slot.pk).update(max_users=5, has_room=True)
    url, fields = page_of(slot, "delete"), {"for_all": "cancel", "reason": "Увы"}
    shown = desk.answer(url, desk.get(url), **fields)
    book_for(ivan.telegram_id, str(slot.pk), actor="boris", reason="")
    again = desk.answer(url, shown, **fields)
    assert "Иван Сидоров" in again.content.decode()
    assert Booking.objects.filter(live=True).count() == 5
    assert desk.answer(url, again, **fields).status_code == 302
    assert not InterviewSlot.objects.exists()


def test_who_waits_is_not_offered_a_seat_in_a_slot_that_is_being_deleted(
    desk: StaffClient, slot: InterviewSlot, make_candidate: MakeCandidate
) -> None:
    """Guard: ``delete_slots`` closes them first."""
    waiting = waits(make_candidate, slot)
    url = page_of(slot, "delete")
    assert looked_at(desk, url, desk.get(url), for_all="cancel", reason="Увы").status_code == 302
    assert waiting.telegram_id not in told()


def bulk(slots: list[InterviewSlot], **fields: str) -> dict[str, Any]:
    """The list's action, with the preview passed over."""
    chosen = {"action": "change_slots", "_selected_action": [str(slot.pk) for slot in slots], "_confirm": "1"}
    return {
        **chosen,
        "days": "",
        "minutes": "",
        "recruiter": "",
        "room": "",
        "max_users": "",
        "is_active": "",
        **fields,
    }


def asked_in_bulk(desk: StaffClient, slots: list[InterviewSlot], **fields: str) -> Any:
    """The page about people that follows the preview."""
    order = bulk(slots, **fields)
    preview = desk.post(SLOTS, {**order, "preview": "1"})
    return desk.post(SLOTS, {**order, "apply": "1"}, opened=unseen(preview))


@pytest.mark.parametrize(
    ("fields", "line"),
    [
        ({"minutes": "30"}, "🕐"),
        ({"days": "10"}, "🕐"),
        ({"room": "9"}, "📍 Изменилась комната: 9 вместо 3.14"),
        ({"recruiter": "vera"}, "👤"),
    ],
)
def test_booked_slots_are_changed_together_with_free_ones_and_their_people_are_told(
    desk: StaffClient,
    slot: InterviewSlot,
    other: InterviewSlot,
    make_slot: MakeSlot,
    four: list[Candidate],
    moscow: City,
    fields: dict[str, str],
    line: str,
) -> None:
    vera = Recruiter.objects.create(name="Вера Ким", city=moscow, telegram_id=5002, started_at=clock.now())
    free = on_the_minute(make_slot(timedelta(days=5)))
    fields = {name: str(vera.pk) if value == "vera" else value for name, value in fields.items()}
    before = [asking.slot_now(one)["updated_at"] for one in (slot, free)]
    asked = asked_in_bulk(desk, [slot, free], **fields)
    page = asked.content.decode()
    assert line in page and "Анна" in page and "4 people" in page
    assert asking.slot_now(slot)["updated_at"] == before[0] and not news()
    chosen = {**own(four[0], "move", named(other)), **own(four[1], "silent"), "untold_reason": "Here already"}
    assert looked_at(desk, SLOTS, asked, **chosen).status_code == 302
    assert told() == {four[0].telegram_id: MOVED, four[2].telegram_id: CHANGED, four[3].telegram_id: CHANGED}
    assert all(asking.slot_now(one)["updated_at"] > then for one, then in zip((slot, free), before, strict=True))


def test_what_was_changed_in_bulk_meanwhile_is_looked_at_again(
    desk: StaffClient, slot: InterviewSlot, other: InterviewSlot
) -> None:
    """Guard: ``Question.agreed``: a free slot, too, is as it was shown."""
    asked = asked_in_bulk(desk, [slot, other], minutes="30")
    InterviewSlot.objects.filter(pk=other.pk).update(updated_at=clock.now())
    assert "It is not as you were shown it any more" in desk.answer(SLOTS, asked).content.decode()
    assert asking.slot_now(slot)["starts_at"] == slot.starts_at and not news()


def retiring(desk: StaffClient, entry: Any, **fields: str) -> tuple[str, Any]:
    """The page about people that follows the question what becomes of it all."""
    url = reverse(f"admin:people_{entry._meta.model_name}_retire", args=[entry.pk])
    return url, desk.post(url, {"_confirm": "1", "reason": "", **fields})


@pytest.mark.parametrize("way", ["hand_over", "cancel", "keep"])
def test_when_a_recruiter_leaves_somebody_can_be_moved_and_the_page_shows_what_each_is_told(
    desk: StaffClient, slot: InterviewSlot, make_slot: MakeSlot, moscow: City, four: list[Candidate], way: str
) -> None:
    """One transaction with the retirement."""
    olga = Recruiter.objects.get()
    vera = Recruiter.objects.create(name="Вера Ким", city=moscow, telegram_id=5002, started_at=clock.now())
    hers = on_the_minute(make_slot(timedelta(days=6), recruiter=vera))
    fields = {"successor": str(vera.pk)} if way == "hand_over" else {"reason": "Ольга ушла"}
    url, asked = retiring(desk, olga, way=way, **fields)
    shown = {"hand_over": "Ольга Смирнова → Вера Ким", "cancel": "Ольга ушла", "keep": "Nothing is sent"}
    assert shown[way] in asked.content.decode()
    assert Recruiter.objects.get(pk=olga.pk).is_active and not news()
    given = {**own(four[0], "move", named(hers)), "reason": fields.get("reason", "")}
    assert looked_at(desk, url, asked, **given).status_code == 302
    others = {"hand_over": CHANGED, "cancel": CANCELLED}
    expected = {person.telegram_id: others[way] for person in four[1:]} if way in others else {}
    assert told() == {four[0].telegram_id: MOVED, **expected}
    assert not Recruiter.objects.get(pk=olga.pk).is_active
    assert booking_of(four[0]).slot_id == hers.pk


def test_when_somebody_cannot_be_moved_the_recruiter_stays(
    desk: StaffClient, slot: InterviewSlot, make_slot: MakeSlot, moscow: City, four: list[Candidate]
) -> None:
    olga = Recruiter.objects.get()
    vera = Recruiter.objects.create(name="Вера Ким", city=moscow, telegram_id=5002, started_at=clock.now())
    hers = on_the_minute(make_slot(timedelta(days=6), recruiter=vera))
    url, asked = retiring(desk, olga, way="cancel", reason="Ольга ушла")
    given = {**own(four[0], "move", named(hers)), **own(four[1], "move", named(hers)), "reason": "Ольга ушла"}
    assert "Борис: No seat is free" in desk.answer(url, asked, **given).content.decode()
    assert Recruiter.objects.get(pk=olga.pk).is_active
    assert Booking.objects.filter(live=True, slot_id=slot.pk).count() == 4 and not news()


def test_a_city_that_closes_keeps_some_and_cancels_others(
    desk: StaffClient, slot: InterviewSlot, moscow: City, four: list[Candidate]
) -> None:
    url, asked = retiring(desk, moscow, way="keep", reason="Ремонт")
    given = {**own(four[0], "cancel", words="Увы, ремонт"), "reason": "Ремонт"}
    assert looked_at(desk, url, asked, **given).status_code == 302
    assert told() == {four[0].telegram_id: CANCELLED} and [item.reason for item in news()] == ["Увы, ремонт"]
    assert not City.objects.get(pk=moscow.pk).is_active
    assert Booking.objects.filter(live=True).count() == 3


@pytest.mark.parametrize("bookings", ["keep", "cancel"])
def test_who_is_taken_off_the_list_is_shown_with_their_booking_and_one_can_be_decided_otherwise(
    desk: StaffClient, slot: InterviewSlot, four: list[Candidate], bookings: str
) -> None:
    """FR2; all or none."""
    url, chosen = reverse("admin:people_candidate_changelist"), [str(person.pk) for person in four[:3]]
    order = {"action": "remove", "_selected_action": chosen, "bookings": bookings, "reason": "Отбор окончен"}
    asked = desk.post(url, {**order, "_confirm": "1"})
    page = asked.content.decode()
    assert "Отбор окончен" in page and "3 people" in page
    assert Candidate.objects.filter(is_allowed=True).count() == 4
    otherwise = "cancel" if bookings == "keep" else "keep"
    assert looked_at(desk, url, asked, **own(four[0], otherwise), reason="Отбор окончен").status_code == 302
    assert Candidate.objects.filter(is_allowed=True).count() == 1
    cancelled = four[:1] if bookings == "keep" else four[1:3]
    kinds = {True: CANCELLED, False: NotificationKind.BOOKING_KEPT}
    assert told() == {person.telegram_id: kinds[person in cancelled] for person in four[:3]}
    assert [booking_of(person).live for person in four] == [person not in cancelled for person in four]


def test_who_is_called_off_as_the_slot_moves_reads_of_the_time_they_knew(
    desk: StaffClient, slot: InterviewSlot, four: list[Candidate]
) -> None:
    """Guard: ``_left_before_edits``."""
    asked = asked_in_bulk(desk, [slot], minutes="30")
    assert looked_at(desk, SLOTS, asked, **own(four[0], "cancel", words="Увы")).status_code == 302
    starts = {item.user_telegram_id: item.booking.slot.starts_at - slot.starts_at for item in news()}
    assert [starts[person.telegram_id].total_seconds() / 60 for person in four] == [0, 30, 30, 30]


def button(page: Any) -> str:
    """What the page's button says."""
    found = re.search(
        r'<button type="submit"[^>]*>\s*(.*?)\s*</button>', page.content.decode().split("desk-buttons")[1], re.S
    )
    return found.group(1) if found else ""


def test_the_button_says_how_many_it_tells(desk: StaffClient, slot: InterviewSlot, four: list[Candidate]) -> None:
    """And what ends by it. Guards: ``button_texts``: not those whom the bot does not reach, or from whom it is kept;
    ``_with_the_ended``; ``undecided``, where what must be chosen has not been."""
    Candidate.objects.filter(pk=four[3].pk).update(blocked_at=clock.now())
    asked = desk.post(page_of(slot), form_of(slot, room="9"))
    assert button(asked) == "Change and tell 3 people"
    silently = {"for_all": "silent", "untold_reason": "A typing mistake"}
    assert button(desk.answer(page_of(slot), asked, **silently, **own(four[0], "keep"))) == "Change and tell 1 person"
    assert button(desk.answer(page_of(slot), asked, **silently)) == "Change"
    cancelled = {"for_all": "cancel", "reason": "Увы"}
    assert button(desk.answer(page_of(slot), asked, **cancelled)) == "Change, cancel 4 bookings and tell 3 people"
    deleting = desk.get(page_of(slot, "delete"))
    assert button(deleting) == "See what that means"
    assert "follows from what you choose below" in (page := deleting.content.decode())
    assert "Nothing is sent" not in page


def test_confirmed_twice_it_is_done_once(desk: StaffClient, slot: InterviewSlot) -> None:
    """The second press leads to what the first did, whatever the kind of page."""
    asked = asked_in_bulk(desk, [slot], minutes="30")
    changed = desk.post(page_of(slot), form_of(slot, room="9"))
    first, second = (desk.answer(page_of(slot), changed) for _press in range(2))
    assert first.status_code == second.status_code == 302 and len(news()) == 4
    assert desk.answer(SLOTS, asked).status_code == 200, "the slot is another by now"
    asked = asked_in_bulk(desk, [slot], minutes="30")
    first, second = (desk.answer(SLOTS, asked) for _press in range(2))
    assert (first.status_code, second.status_code, first.url) == (302, 302, second.url)
    assert len(news()) == 8 and {booking.version for booking in Booking.objects.all()} == {3}


def test_what_is_chosen_for_all_holds_for_those_who_are_not_listed(
    desk: StaffClient, slot: InterviewSlot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Guard: ``MOST_SHOWN`` limits what is shown, not what is done."""
    monkeypatch.setattr("scheduling.staff.forms.impact.MOST_SHOWN", 1)
    monkeypatch.setattr("scheduling.staff.impact.rows.MOST_SHOWN", 1)
    asked = desk.post(page_of(slot), form_of(slot, room="9"))
    assert "And 3 more" in asked.content.decode()
    assert looked_at(desk, page_of(slot), asked, for_all="cancel", reason="Увы").status_code == 302
    assert set(told().values()) == {CANCELLED} and len(told()) == 4


def test_nobody_is_offered_to_be_moved_where_no_seat_is_free(
    desk: StaffClient, slot: InterviewSlot, four: list[Candidate], event: InterviewEvent
) -> None:
    """Guard: ``why_not_moved``; what has to be chosen is asked all the same."""
    for page in (desk.post(page_of(slot), form_of(slot, room="9")), desk.get(page_of(slot, "delete"))):
        told = page.content.decode()
        assert "Nobody can be moved: no other slot" in told and 'value="move"' not in told
        assert f"/admin/scheduling/interviewevent/{event.pk}/add-slots/" in told.partition('id="why-not-moved"')[2]
    assert 'name="for_all" value="cancel"' in told
