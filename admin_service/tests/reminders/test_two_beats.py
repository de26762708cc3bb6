"""Two beats: one wakes the scans, the other takes over when it dies, and no message is doubled."""

import signal

from common.mongo import collection
from people.models import Candidate
from reminders import tasks
from tests.conftest import MakeSlot
from tests.helpers import asking
from tests.helpers.broker_tools import wait_until
from tests.reminders.beats import PATIENCE, StartBeat, woken
from tests.reminders.tools import Clock, commands, row_of, slot_at
from tests.scheduling.test_races import together


def test_the_second_beat_waits_and_takes_over_when_the_first_is_killed(
    at: Clock, make_slot: MakeSlot, maria: Candidate, start_beat: StartBeat
) -> None:
    """Guards: redbeat's lock; behind it, for a lock is no fence, the claim of each message."""
    asking.outcome(asking.book(maria, slot_at(make_slot, "2026-11-24 16:00")))
    at("2026-11-24 11:00")
    scan = tasks.send_due.name

    first = start_beat()
    assert wait_until(lambda: first.leads, PATIENCE)
    second = start_beat()
    assert wait_until(lambda: second.says("Acquiring lock"), PATIENCE)
    assert wait_until(lambda: scan in woken(), PATIENCE)
    assert not second.leads
    assert second.process.poll() is None, "the second must wait, not die"

    first.process.send_signal(signal.SIGKILL)
    first.process.wait()
    woken()
    assert wait_until(lambda: second.leads, PATIENCE)
    assert wait_until(lambda: scan in woken(), PATIENCE)

    together(tasks.send_due, tasks.send_due)  # what both asked for, at once
    assert len(commands()) == 1
    assert row_of(maria, "day_of")["attempts"] == 1
    assert collection("auto_messages").count_documents({"kind": "day_of"}) == 1
