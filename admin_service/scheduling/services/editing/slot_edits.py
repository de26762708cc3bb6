"""Changing a future slot (FR10): its bookings follow, and their candidates are told what changed for them."""

from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Any
from uuid import uuid4

from bson import ObjectId
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from common import correlation
from common.models import check_value
from common.mongo import Document, collection, current_session, in_transaction, tried_again
from common.refusals import RefusedError
from common.texts.names import name_in
from scheduling.domain.commands import Actor, ActorKind, SlotChanges
from scheduling.domain.decisions import EditRefusal, EditRefused
from scheduling.domain.editing import EditSlot
from scheduling.models import InterviewSlot
from scheduling.services.batch import carry_out_all
from scheduling.services.editing.choices import requests_for, require_done
from scheduling.services.impact import AS_IT_COMES, Choices
from scheduling.services.requests import Request
from scheduling.services.store.slots import by_id
from shared_contracts.venue import VENUE_FIELDS

_MOST_NAMED = 20


def edit_slot(
    slot_id: str, changes: SlotChanges, *, actor: str, reason: str = "", choices: Choices = AS_IT_COMES
) -> None:
    """Change a future slot; see ``edit_slots``."""
    edit_slots([(slot_id, changes)], actor=actor, reason=reason, choices=choices)


def edit_slots(
    edits: Sequence[tuple[str, SlotChanges]], *, actor: str, reason: str = "", choices: Choices = AS_IT_COMES
) -> None:
    """Change future slots, all or none. Bookings follow, and their candidates are told what changed for them.

    Args:
        edits: ids of slots with what is to change.
        actor: the staff login.
        reason: those who are told read it.
        choices: of bookings that are moved or ended instead; they never see the change.

    Raises:
        RefusedError: naming the field, e.g. a capacity below the number booked. Nothing was changed.
        ChoiceRefusedError: a booking can't be moved or ended as was chosen. Nothing was changed.
    """
    staff, edits = Actor(ActorKind.STAFF, actor), [(slot_id, _as_kept(changes)) for slot_id, changes in edits]
    commands = [EditSlot(str(uuid4()), staff, slot_id, changes, reason=reason) for slot_id, changes in edits]

    def work() -> None:
        for slot_id, changes in edits:
            _check_values(slot_id, changes)
        requests = [Request(command, "desk", correlation.current()) for command in commands]
        again = ended_among(choices)
        first = {key: command for key, command in choices.commands.items() if key not in again}
        then = {key: command for key, command in choices.commands.items() if key in again}
        decisions = carry_out_all([*requests_for(first), *requests, *requests_for(then)])
        for decision in decisions:
            if isinstance(decision.command, EditSlot) and decision.refused:
                slot_id = decision.command.slot_id
                raise RefusedError({field: _why(refused, slot_id) for field, refused in decision.refused.items()})
        require_done(decisions)

    tried_again(lambda: in_transaction(work))


def ended_among(choices: Choices) -> set[str]:
    """Ids of the bookings that are live again only by the edit; what was chosen for them comes after it."""
    ids = [ObjectId(item) for item in choices.commands]
    rows = collection("bookings").find({"_id": {"$in": ids}, "live": False}, {"_id": 1}, session=current_session())
    return {str(row["_id"]) for row in rows}


def _as_kept(changes: SlotChanges) -> SlotChanges:
    """The venue as the model's fields keep it: names and links without what can't be seen."""
    field_of: Any = InterviewSlot._meta.get_field
    return replace(changes, venue={name: field_of(name).to_python(value) for name, value in changes.venue.items()})


def _check_values(slot_id: str, changes: SlotChanges) -> None:
    """The model's own limits, which an update does not ask; of the venue as a whole, too."""
    errors: dict[str, str] = {}
    for name, value in _given(changes).items():
        try:
            field: Any = InterviewSlot._meta.get_field(name.removesuffix("_id"))
            field.clean(value, None)
            check_value(field, value)
        except ValidationError as error:
            errors[name] = " ".join(error.messages)
    errors = _venue_errors(slot_id, changes) | errors
    if errors:
        raise RefusedError(errors)


def _venue_errors(slot_id: str, changes: SlotChanges) -> dict[str, str]:
    stored = collection("interview_slots").find_one({"_id": ObjectId(slot_id)}, session=current_session())
    if not stored:
        return {}  # the rules refuse it
    venue = {name: changes.venue.get(name, stored.get(name, "")) for name in VENUE_FIELDS}
    try:
        InterviewSlot(**venue).clean()
    except ValidationError as error:
        return {name: " ".join(texts) for name, texts in error.message_dict.items()}
    return {}


def _given(changes: SlotChanges) -> Document:
    """The values that are given, by the model's names."""
    stored = [field.name for field in fields(changes) if field.name not in {"venue", "clocks_were"}]
    every = {name: getattr(changes, name) for name in stored}
    values: Document = {name: value for name, value in every.items() if value is not None} | dict(changes.venue)
    if "recruiter_id" in values:
        values["recruiter_id"] = ObjectId(values["recruiter_id"]) if values["recruiter_id"] else None
    if "city_id" in values:
        values["city_id"] = ObjectId(values["city_id"])
    return values


def _why(refused: EditRefused, slot_id: str) -> str:
    match refused.reason:
        case EditRefusal.NO_SLOT:
            return _("This slot does not exist any more.")
        case EditRefusal.OVER:
            return _("This slot is over and can't be changed.")
        case EditRefusal.PAST:
            return _("Give a time in the future.")
        case EditRefusal.BELOW_BOOKED:
            return too_few_seats(slot_id, refused.booked)


def too_few_seats(slot_id: str, booked: int) -> str:
    """Why a slot can't have fewer seats than people are booked, with their names."""
    text = _("%(booked)s already booked: give at least that many. These are: %(names)s.")
    return text % {"booked": booked, "names": _names_in(slot_id)}


def _names_in(slot_id: str) -> str:
    """Who holds a seat in a slot, as many as can be read at a glance."""
    slot = {"_id": ObjectId(slot_id)}
    stored = collection("interview_slots").find_one(slot, {"booked_users": 1}, session=current_session())
    people = by_id("users", stored["booked_users"] if stored else ())
    names = sorted(name_in(row) for row in people)
    return ", ".join([*names[:_MOST_NAMED], *(["…"] if len(names) > _MOST_NAMED else [])])
