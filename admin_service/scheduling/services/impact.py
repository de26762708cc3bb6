"""What a change means to those who were promised something, known before it is made (FR10).

It is made, looked at and taken back: so what staff are shown is what will be done and said, whatever the change is.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from bson import ObjectId

from common.audit import record_staff
from common.mongo import Document, current_session, in_transaction
from scheduling.domain.changes import seats
from scheduling.domain.decide import AnyBookingCommand
from scheduling.domain.events import BookingEvent, SlotEdited
from scheduling.domain.model import Booking, Candidate, Slot
from scheduling.domain.proposals import ProposedTimeWithdrawn
from scheduling.services.reacting import Batch, Effects
from scheduling.services.store.loading import load_around
from shared_contracts.notification import NotificationCommand

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Affected:
    """A booking that a change concerns.

    Attributes:
        booking: as it is then.
        candidate: whose it is.
        was, now: the slot that it is about, as the candidate was told of it and as it is then.
        wants: it is to move into that slot.
        proposed: that slot is proposed to its candidate, in place of the one they have.
        notice: what the candidate is sent; None: nothing.
        zone_was: the candidate's own zone, where that is what changes.
    """

    booking: Booking
    candidate: Candidate
    was: Slot
    now: Slot
    wants: bool = False
    notice: NotificationCommand | None = None
    zone_was: str | None = None
    proposed: bool = False

    @property
    def agreed(self) -> list[Any]:
        """All of it that whoever confirms the change has seen."""
        told = self.notice.kind.value if self.notice else ""
        slots = [[str(slot.starts_at), slot.place.venue.line, slot.recruiter_id] for slot in (self.was, self.now)]
        return [self.booking.id, self.booking.version, self.booking.status.value, told, slots]


@dataclass(frozen=True, slots=True)
class Impact:
    """Whom a change concerns, soonest first."""

    people: tuple[Affected, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.people)

    @property
    def agreed(self) -> list[Any]:
        """What is to be the same when it is done."""
        return sorted(row.agreed for row in self.people)


@dataclass(frozen=True, slots=True)
class Choices:
    """What is to become of single bookings, where that is not what the change itself makes of them.

    Attributes:
        commands: what moves or ends them, by booking id; carried out with the change.
        untold: why they are told nothing, by booking id; it goes into the audit trail.
        kept: ids of those that stay where the change would end them.
    """

    commands: Mapping[str, AnyBookingCommand] = field(default_factory=dict)
    untold: Mapping[str, str] = field(default_factory=dict)
    kept: Set[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.commands or self.untold or self.kept)


AS_IT_COMES = Choices()
"""Whatever the change makes of them."""

_seen: ContextVar[list[Affected] | None] = ContextVar("impact", default=None)
_chosen: ContextVar[Choices] = ContextVar("choices", default=AS_IT_COMES)


def note_impact(rows: Callable[[], Iterable[Affected]]) -> None:
    """Say whom what is being done concerns; ``rows`` is asked only while somebody looks."""
    seen = _seen.get()
    if seen is not None:
        seen += rows()


def is_told(booking_id: str) -> bool:
    """Whether a booking's candidate is told of what is being done to it; staff may keep it from them."""
    return booking_id not in _chosen.get().untold


@contextmanager
def looking(choices: Choices = AS_IT_COMES) -> Iterator[list[Affected]]:
    """Collect what is noted inside; those who are not to be told are not."""
    seen: list[Affected] = []
    tokens = _seen.set(seen), _chosen.set(choices)
    try:
        yield seen
    finally:
        _seen.reset(tokens[0])
        _chosen.reset(tokens[1])


class ForeseenOtherwiseError(Exception):
    """A change would concern others, or otherwise, than was said. Leave the transaction: nothing of it is kept."""


def foresee(work: Callable[[], object], choices: Choices = AS_IT_COMES) -> Impact:
    """Whom a change concerns; it is made in a transaction of its own, never in another's, and taken back.

    ``choices``: the same that ``work`` carries out.

    Raises:
        RefusedError: by ``work``, as when it is done.
    """
    assert current_session() is None, "what is taken back would take another's work along"
    found: list[Impact] = []

    def attempt() -> None:
        with looking(choices) as seen:
            work()
        found[:] = [_merged(seen)]
        raise ForeseenOtherwiseError

    with suppress(ForeseenOtherwiseError):
        in_transaction(attempt)
    return found[0]


def carry_out_as_foreseen(
    work: Callable[[], T], foreseen: Impact, choices: Choices = AS_IT_COMES, *, actor: str = ""
) -> T:
    """Make a change, in one transaction, as it was said; what it returns.

    Args:
        foreseen: what was shown.
        choices: the same that ``work`` carries out; of whom is told nothing, an entry says why.
        actor: the staff login, for these entries.

    Raises:
        ForeseenOtherwiseError: it concerns others by now, or otherwise.
    """

    def attempt() -> T:
        with looking(choices) as seen:
            made = work()
        if _merged(seen).agreed != foreseen.agreed:
            raise ForeseenOtherwiseError
        for booking_id, why in choices.untold.items():
            record_staff("booking", booking_id, "kept_untold", actor, None, None, why)
        return made

    return in_transaction(attempt)


def standing(bookings: Sequence[Document], slot_ids: Set[ObjectId] = frozenset()) -> list[Affected]:
    """Rows of bookings that nothing happens to yet, from their documents.

    ``slot_ids``: it is about these slots, also for those who only want to move there.
    """
    state, rows = load_around(bookings).state, []
    for booking in state.bookings.values():
        wants = bool(slot_ids) and ObjectId(booking.slot_id) not in slot_ids
        slot = state.slots.get((booking.requested_slot_id if wants else None) or booking.slot_id)
        if slot is not None:
            rows.append(Affected(booking, state.candidates[booking.telegram_id], slot, slot, wants))
    return rows


def impact_of(batch: Batch, effects: Effects) -> list[Affected]:
    """The bookings that were there before a batch and that it concerns, with what their candidates are sent."""
    news = [item.message for items in effects.news.values() for item in items]
    told = {message.booking.id: message for message in news if isinstance(message, NotificationCommand)}
    edits = {event.after.id: event for _request, event in batch.events(SlotEdited)}
    rows: dict[str, Affected] = {}
    for _request, event in batch.events(BookingEvent):
        before, after = event.before, event.after
        if before is not None:
            about = (before.slot_id, before.requested_slot_id, before.proposed_slot_id)
            slot_id = next((item for item in about if item in edits), before.slot_id)
            if isinstance(event, ProposedTimeWithdrawn):
                slot_id = before.proposed_slot_id or slot_id
            proposed = slot_id == before.proposed_slot_id
            row = _row(batch, after, slot_id, edits.get(slot_id), told.get(after.id), proposed=proposed)
            rows[after.id] = row
    for slot_id, edit in edits.items():
        if edit.shows or edit.before.is_active > edit.after.is_active:
            inside = (item for item in batch.after.bookings.values() if slot_id in seats(item) and item.id not in rows)
            rows |= {item.id: _row(batch, item, slot_id, edit, None) for item in inside}
    return list(rows.values())


def _row(
    batch: Batch,
    after: Booking,
    slot_id: str,
    edit: SlotEdited | None,
    notice: NotificationCommand | None,
    *,
    proposed: bool = False,
) -> Affected:
    """``slot_id``: that it was in, wants, or (``proposed``) was proposed."""
    wants = slot_id != after.slot_id and slot_id == after.requested_slot_id
    was = edit.before if edit else batch.before.slots[slot_id]
    now = batch.after.slots[slot_id if wants or proposed or not after.live else after.slot_id]
    zone_was = notice.timezone_before if notice else None
    return Affected(after, batch.after.candidates[after.telegram_id], was, now, wants, notice, zone_was, proposed)


def _merged(rows: Iterable[Affected]) -> Impact:
    """One row a booking: as it was at first, as it is at last, and what is sent of it."""
    people: dict[str, Affected] = {}
    for row in rows:
        first = people.get(row.booking.id)
        notice = row.notice or (first.notice if first else None)
        people[row.booking.id] = replace(row, was=first.was, notice=notice) if first else row
    return Impact(tuple(sorted(people.values(), key=lambda row: (row.was.starts_at, row.booking.id))))
