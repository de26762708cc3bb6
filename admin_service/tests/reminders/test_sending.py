"""What is due goes into the outbox: once, at its time, and only if it is still true (I4)."""

import pytest
from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from common.mongo import GuardFailedError, collection
from people.models import Candidate, City
from reminders import tasks
from reminders.services import sending
from scheduling.domain.commands import SlotChanges
from scheduling.services.editing.slot_edits import edit_slot
from scheduling.services.staff_commands import remove_candidates
from tests.conftest import MakeCandidate, MakeSlot
from tests.helpers import asking
from tests.reminders.tools import (
    Clock,
    commands,
    kinds_now,
    ledger,
    moment,
    row_of,
    rows,
    sent_now,
    slot_at,
)
from tests.scheduling.test_races import together

WATCHED = [
    *("07:00", "07:59:59", "08:00", "08:59:59", "09:00", "09:28:59", "09:29", "09:31", "10:59:59", "11:00", "11:31"),
    *("13:59:59", "14:00", "15:00", "16:00", "18:00", "21:29:59", "21:30", "22:00", "23:30"),
]


def test_a_reminder_goes_out_at_its_time_and_once(at: Clock, make_slot: MakeSlot, maria: Candidate) -> None:
    """FR8."""
    asking.outcome(asking.book(maria, slot_at(make_slot, "2026-11-24 16:00")))
    at("2026-11-24 10:59:59.999")
    assert sent_now() == []

    at("2026-11-24 11:00")
    (command,) = sent_now()

    assert command.kind.value == "reminder_today"
    assert (command.recheck, command.attempt, command.asks_attendance) == (True, 1, False)
    assert command.notification_id == str(row_of(maria, "day_of")["_id"])
    assert (command.user_telegram_id, command.booking.slot.starts_at) == (maria.telegram_id, moment("2026-11-24 16:00"))
    assert command.not_after == moment("2026-11-24 16:00")
    assert sent_now() == []
    assert ledger(maria)["day_of 24 16:00"] == "queued 24 11:00"


def test_it_must_not_be_sent_in_quiet_hours_that_begin_before_the_start(
    at: Clock, make_slot: MakeSlot, maria: Candidate
) -> None:
    """R8: a queue may be long."""
    asking.outcome(asking.book(maria, slot_at(make_slot, "2026-11-24 23:30")))
    at("2026-11-24 21:30")
    tasks.send_due()

    assert {command.not_after for command in commands()} == {moment("2026-11-24 22:00")}


@pytest.mark.parametrize(
    ("starts", "expected"),
    [
        ("2026-11-24 09:00", [("23 18:00", "reminder_tomorrow", True)]),
        ("2026-11-24 11:00", [("23 18:00", "reminder_tomorrow", False), ("24 09:00", "reminder_soon", True)]),
        ("2026-11-24 11:29", [("23 18:00", "reminder_tomorrow", False), ("24 09:29", "reminder_soon", True)]),
        ("2026-11-24 11:31", [("24 09:31", "reminder_today", True)]),
        ("2026-11-24 16:00", [("24 11:00", "reminder_today", False), ("24 14:00", "reminder_soon", True)]),
        ("2026-11-24 23:30", [("24 11:00", "reminder_today", False), ("24 21:30", "reminder_soon", True)]),
    ],
)
def test_each_message_comes_at_its_minute_and_nothing_else_comes(
    at: Clock, make_slot: MakeSlot, maria: Candidate, starts: str, expected: list[tuple[str, str, bool]]
) -> None:
    """FR8, R8. A scan just before each time that matters finds nothing yet."""
    asking.outcome(asking.book(maria, slot_at(make_slot, starts)))
    came = []
    for day, clocks in (("23", ["17:59:59", "18:00", "21:00"]), ("24", WATCHED)):
        for text in clocks:
            at(f"2026-11-{day} {text}")
            came += [(f"{day} {text}", *told) for told in kinds_now()]

    assert came == expected


def test_an_interview_in_vladivostok_is_reminded_by_its_own_clocks(
    at: Clock, make_slot: MakeSlot, maria: Candidate
) -> None:
    """14:00 there is 7:00 in Moscow; 11:00 there is 4:00 in Moscow, where people sleep."""
    city = City.objects.create(name="Владивосток", timezone="Asia/Vladivostok")
    asking.outcome(asking.book(maria, slot_at(make_slot, "2026-11-24 14:00", "Asia/Vladivostok", city=city)))
    at("2026-11-24 03:59:59")
    assert sent_now() == []
    at("2026-11-24 04:00")
    assert kinds_now() == [("reminder_today", True)]


# What happens between planning and sending


def test_a_booking_moved_or_cancelled_before_its_time_is_not_reminded(
    at: Clock, make_slot: MakeSlot, maria: Candidate, ivan: Candidate
) -> None:
    """I4."""
    for person in (maria, ivan):
        asking.outcome(asking.book(person, slot_at(make_slot, "2026-11-24 16:00")))
    asking.outcome(asking.move(maria, asking.the_booking(maria), slot_at(make_slot, "2026-11-25 16:00")))
    asking.outcome(asking.cancel(ivan, asking.the_booking(ivan)))
    at("2026-11-24 14:00")

    assert sent_now() == []


def test_the_booking_is_looked_at_again_at_the_moment_of_sending(
    at: Clock, make_slot: MakeSlot, maria: Candidate
) -> None:
    """I4. Guard: ``judge``; here the ledger was not told of the change."""
    asking.outcome(asking.book(maria, slot_at(make_slot, "2026-11-24 16:00")))
    collection("bookings").update_one({}, {"$set": {"status": "cancelled", "live": False}})
    at("2026-11-24 11:00")

    assert sent_now() == []
    assert ledger(maria)["day_of 24 16:00"] == "ended"


def test_an_edited_slot_is_told_as_it_is_now(at: Clock, make_slot: MakeSlot, maria: Candidate) -> None:
    slot = slot_at(make_slot, "2026-11-24 16:00")
    asking.outcome(asking.book(maria, slot))
    edit_slot(str(slot.pk), SlotChanges(venue={"room": "B-12"}), actor="c")
    at("2026-11-24 11:00")

    (command,) = sent_now()
    assert command.booking.slot.room == "B-12"


def test_who_was_taken_off_the_list_with_the_booking_kept_is_asked_whether_they_come(
    at: Clock, make_slot: MakeSlot, maria: Candidate
) -> None:
    """FR2."""
    asking.outcome(asking.book(maria, slot_at(make_slot, "2026-11-24 16:00")))
    remove_candidates([str(maria.pk)], keep_bookings=True, actor="c", reason="")
    at("2026-11-24 14:00")

    assert {asks for _kind, asks in kinds_now()} == {True}


def test_who_was_taken_off_the_list_with_the_booking_cancelled_is_not(
    at: Clock, make_slot: MakeSlot, maria: Candidate
) -> None:
    asking.outcome(asking.book(maria, slot_at(make_slot, "2026-11-24 16:00")))
    remove_candidates([str(maria.pk)], keep_bookings=False, actor="c", reason="")
    at("2026-11-24 14:00")

    assert sent_now() == []


# Outages


def test_after_a_six_hour_outage_what_is_useful_goes_at_once_and_the_rest_says_why(
    at: Clock, make_slot: MakeSlot, maria: Candidate, ivan: Candidate
) -> None:
    """Down from 9:00 to 15:00: Maria's interview is over, Ivan's reminder and prompt are one message."""
    asking.outcome(asking.book(maria, slot_at(make_slot, "2026-11-24 13:00")))
    asking.outcome(asking.book(ivan, slot_at(make_slot, "2026-11-24 16:00")))
    at("2026-11-24 15:00")

    (command,) = sent_now()
    assert (command.user_telegram_id, command.asks_attendance) == (ivan.telegram_id, True)
    assert ledger(maria) == {"day_of 24 13:00": "stale", "two_hours 24 13:00": "merged"}
    assert sorted(ledger(ivan).values()) == ["merged", "queued 24 11:00 ask"]
    assert sent_now() == []


def test_the_evenings_reminder_that_comes_in_the_morning_says_today(
    at: Clock, make_slot: MakeSlot, maria: Candidate
) -> None:
    """Down from 17:00 to 2:00: held until 8:00 for nobody is woken, and then it says what is true."""
    asking.outcome(asking.book(maria, slot_at(make_slot, "2026-11-24 09:00")))
    at("2026-11-24 02:00")
    assert sent_now() == []
    assert ledger(maria)["evening_before 24 09:00"] == "scheduled 24 08:00 ask"
    at("2026-11-24 08:00")
    assert kinds_now() == [("reminder_today", True)]


# Two scans at once, and scans that die


def test_many_scans_at_once_send_each_message_once(
    at: Clock, make_slot: MakeSlot, make_candidate: MakeCandidate
) -> None:
    """I4. Guards: the claim's condition on the state, in one transaction with the outbox."""
    for _ in range(60):
        asking.outcome(asking.book(make_candidate(), slot_at(make_slot, "2026-11-24 16:00")))
    at("2026-11-24 11:00")

    together(*[tasks.send_due for _ in range(6)])

    sent = [command.notification_id for command in commands()]
    assert (len(sent), len(set(sent))) == (60, 60)
    assert {row["attempts"] for row in collection("auto_messages").find({"kind": "day_of"})} == {1}


def test_a_message_that_another_scan_has_claimed_is_not_sent_again(
    at: Clock, make_slot: MakeSlot, maria: Candidate
) -> None:
    """Guard: the claim's condition on the state, alone, outside any transaction."""
    asking.outcome(asking.book(maria, slot_at(make_slot, "2026-11-24 16:00")))
    now = at("2026-11-24 11:00")
    looked = sending.judge_due([row_of(maria, "day_of")["_id"]], now)
    assert len(sent_now()) == 1

    with pytest.raises(GuardFailedError):
        sending.save(looked)
    assert len(commands()) == 1


def test_a_scan_that_dies_between_claim_and_outbox_loses_nothing(
    at: Clock, make_slot: MakeSlot, maria: Candidate, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Guard: claim and outbox row are one transaction."""
    asking.outcome(asking.book(maria, slot_at(make_slot, "2026-11-24 16:00")))
    at("2026-11-24 11:00")
    with monkeypatch.context() as dying:
        dying.setattr("messaging.outbox.add", killed)
        with pytest.raises(SystemExit):
            tasks.send_due()
    assert ledger(maria)["day_of 24 16:00"] == "scheduled 24 11:00"

    assert len(sent_now()) == 1


def killed(*_args: object) -> None:
    """As if the process were killed here."""
    raise SystemExit


def test_one_that_can_not_be_made_does_not_keep_the_others_back(
    at: Clock, make_slot: MakeSlot, maria: Candidate, ivan: Candidate
) -> None:
    """I6: it is tried again a minute later, and says so."""
    for person in (maria, ivan):
        asking.outcome(asking.book(person, slot_at(make_slot, "2026-11-24 16:00")))
    broken = {"_id": row_of(maria, "day_of")["_id"]}
    collection("auto_messages").update_one(broken, {"$set": {"kind": "of a later version"}})
    at("2026-11-24 11:00")

    assert [command.user_telegram_id for command in sent_now()] == [ivan.telegram_id]
    row = collection("auto_messages").find_one(broken)
    assert row
    assert (row["state"], row["error"], row["due_at"]) == ("scheduled", "ValueError", moment("2026-11-24 11:01"))


def test_the_unique_index_refuses_a_second_message_of_a_kind_by_itself(
    at: Clock, make_slot: MakeSlot, maria: Candidate
) -> None:
    """I4's second wall: ``auto_once``."""
    asking.outcome(asking.book(maria, slot_at(make_slot, "2026-11-24 16:00")))
    with pytest.raises(DuplicateKeyError, match="auto_once"):
        collection("auto_messages").insert_one({**row_of(maria, "day_of"), "_id": ObjectId()})


def test_old_messages_are_deleted_with_their_texts(at: Clock, make_slot: MakeSlot, maria: Candidate) -> None:
    asking.outcome(asking.book(maria, slot_at(make_slot, "2026-11-24 16:00")))
    at("2027-05-20 12:00")
    tasks.purge()
    assert len(rows(maria)) == 2
    at("2027-06-20 12:00")
    tasks.purge()
    assert rows(maria) == []
