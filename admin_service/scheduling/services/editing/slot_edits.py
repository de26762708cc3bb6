"""Changing a future slot (FR10): its bookings follow, and their candidates are told what changed for them."""

from dataclasses import fields
from typing import Any
from uuid import uuid4

from bson import ObjectId
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from common import correlation
from common.models import check_value
from common.mongo import Document, collection, current_session, in_transaction
from common.refusals import RefusedError
from scheduling.domain.commands import Actor, ActorKind, SlotChanges
from scheduling.domain.decisions import EditRefusal, EditRefused
from scheduling.domain.editing import EditSlot
from scheduling.models import InterviewSlot
from scheduling.services.batch import carry_out, tried_again
from scheduling.services.requests import Request
from shared_contracts.venue import VENUE_FIELDS


def edit_slot(slot_id: str, changes: SlotChanges, *, actor: str, reason: str = "") -> None:
    """Change a future slot. Bookings in it follow, and their candidates are told what changed for them.

    Raises:
        RefusedError: naming the field, e.g. a capacity below the number booked. Nothing was changed.
    """
    command = EditSlot(str(uuid4()), Actor(ActorKind.STAFF, actor), slot_id, changes, reason=reason)

    def work() -> None:
        _check_values(slot_id, changes)
        decision = carry_out(Request(command, "desk", correlation.current()))
        if decision.refused:
            raise RefusedError({field: _why(refused) for field, refused in decision.refused.items()})

    tried_again(lambda: in_transaction(work))


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


def _why(refused: EditRefused) -> str:
    match refused.reason:
        case EditRefusal.NO_SLOT:
            return _("This slot does not exist any more.")
        case EditRefusal.OVER:
            return _("This slot is over and can't be changed.")
        case EditRefusal.PAST:
            return _("Give a time in the future.")
        case EditRefusal.BELOW_BOOKED:
            return _("%(booked)s already booked: give at least that many.") % {"booked": refused.booked}
