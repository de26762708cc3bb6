"""Making and deleting slots, and the events they belong to (FR10). Every change is one transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from bson import ObjectId
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from common import clock, correlation
from common.audit import record_staff
from common.mongo import collection, current_session, in_transaction
from common.refusals import RefusedError
from messaging import caches
from questionnaires.services.reading import published
from scheduling.models import LONGEST_MINUTES, InterviewEvent, InterviewSlot
from scheduling.services.batch import offer_seats
from scheduling.services.editing.choices import carry_out_choices
from scheduling.services.impact import AS_IT_COMES, Affected, Choices, note_impact, standing
from scheduling.services.snapshots import follow_event
from scheduling.services.waiting_ends import end_hopeless
from shared_contracts.directory import EventWords
from shared_contracts.fields import to_moment
from shared_contracts.notification import CacheName


@dataclass(frozen=True, slots=True)
class SlotDraft:
    """A slot to be made. ``starts_at`` is aware; ids are 24 hex digits; ``venue``: by ``VENUE_FIELDS``."""

    starts_at: datetime
    duration_minutes: int
    max_users: int
    venue: Mapping[str, str]
    recruiter_id: str | None
    city_id: str


def save_event(event: InterviewEvent, *, actor: str, choices: Choices = AS_IT_COMES) -> None:
    """Save an interview event; its slots close by the new cut-off at once.

    ``choices``: of bookings that are to end with it; the others stand.

    Raises:
        ChoiceRefusedError: one of them can't be ended as was chosen.
        RefusedError: its questionnaire has never been published, so nobody could answer it.
    """
    if event.questionnaire_id and not published([event.questionnaire_id]):
        raise RefusedError({"questionnaire": _("Publish the questionnaire first.")})

    def work() -> None:
        stored = InterviewEvent.objects.filter(pk=event.pk).first()
        before = _event_facts(stored) if stored else None
        event.save()
        close = {
            "$dateSubtract": {
                "startDate": "$starts_at",
                "unit": "minute",
                "amount": event.booking_cutoff_minutes,
            }
        }
        collection("interview_slots").update_many(
            {"event_id": event.pk},
            [{"$set": {"closes_at": close, "updated_at": clock.now()}}],
            session=current_session(),
        )
        if stored is not None and stored.title != event.title:
            follow_event(event.pk, event.title, correlation.current(), clock.now())
        record_staff("event", str(event.pk), "changed" if before else "created", actor, before, _event_facts(event))
        caches.invalidate(CacheName.EVENTS, CacheName.SLOTS)
        if stored is not None:
            note_impact(partial(_concerned, stored, event))
        if choices.commands:
            carry_out_choices(choices)
        if not event.is_open:
            end_hopeless(actor=f"staff:{actor}", via="desk")

    in_transaction(work)


def _concerned(was: InterviewEvent, event: InterviewEvent) -> list[Affected]:
    """Who is booked in an event that is closed, or called otherwise; their bookings stand."""
    if was.title == event.title and was.is_open <= event.is_open:
        return []
    coming = {"event_id": event.pk, "live": True, "starts_at": {"$gt": clock.now()}}
    rows = standing(list(collection("bookings").find(coming, session=current_session())))
    return [replace(row, was=replace(row.was, place=replace(row.was.place, event=was.title))) for row in rows]


def check_drafts(event: InterviewEvent, drafts: Sequence[SlotDraft]) -> None:
    """Ask of slots what making them will ask.

    Raises:
        RefusedError: naming the first draft's wrong fields.
    """
    for draft in drafts:
        _new_slot(event, draft)


def create_slots(event_id: str, drafts: Sequence[SlotDraft], *, actor: str) -> list[str]:
    """Make slots for an event.

    Returns:
        Their ids, in the order of ``drafts``.

    Raises:
        RefusedError: naming the first draft's wrong fields; none is made.
    """
    event = InterviewEvent.objects.get(pk=ObjectId(event_id))
    slots = [_new_slot(event, draft) for draft in drafts]

    def work() -> list[str]:
        made = InterviewSlot.objects.bulk_create(slots)
        for slot in made:
            record_staff("slot", str(slot.pk), "created", actor, None, {"starts_at": slot.starts_at.isoformat()})
        caches.invalidate(CacheName.SLOTS, CacheName.EVENTS)
        ids = [str(slot.pk) for slot in made]
        offer_seats(ids, correlation.current())
        return ids

    return in_transaction(work)


def end_of(starts_at: datetime, minutes: int) -> datetime:
    """When a slot ends; its length, where it is no slot's, is refused by the model afterwards.

    Raises:
        RefusedError: the start lies in no year that messages between the services can name.
    """
    try:
        to_moment(starts_at)
    except ValueError:
        raise RefusedError({"starts_at": _("Give a time from 2000 to 2199.")}) from None
    return starts_at + timedelta(minutes=min(max(minutes, 0), LONGEST_MINUTES))


def _new_slot(event: InterviewEvent, draft: SlotDraft) -> InterviewSlot:
    slot = InterviewSlot(
        event=event,
        city_id=ObjectId(draft.city_id),
        recruiter_id=ObjectId(draft.recruiter_id) if draft.recruiter_id else None,
        starts_at=draft.starts_at,
        duration_minutes=draft.duration_minutes,
        ends_at=end_of(draft.starts_at, draft.duration_minutes),
        closes_at=draft.starts_at - timedelta(minutes=event.booking_cutoff_minutes),
        max_users=draft.max_users,
        **draft.venue,
    )
    try:
        # The event has just been found: looking for it again for each of many slots would be a query each.
        slot.clean_fields(exclude=["booked_users", "event"])
        slot.clean()
    except ValidationError as error:
        raise RefusedError({name: " ".join(texts) for name, texts in error.message_dict.items()}) from None
    if draft.starts_at <= clock.now():
        raise RefusedError({"starts_at": _("Give a time in the future.")})
    return slot


def _event_facts(event: InterviewEvent) -> dict[str, Any]:
    names = (
        "title",
        *EventWords.model_fields,
        "is_open",
        "chooses_recruiter",
        "approval_required",
        "pending_hours",
        "reminder_minutes",
        "booking_cutoff_minutes",
        "move_cutoff_minutes",
        "cancel_cutoff_minutes",
        "move_limit",
    )
    asked = str(event.questionnaire_id) if event.questionnaire_id else None
    return {**{name: getattr(event, name) for name in names}, "questionnaire_id": asked}
