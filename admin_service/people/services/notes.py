"""Notes of people: taken and taken away, each in the audit trail."""

from bson import ObjectId

from common import audit
from common.mongo import in_transaction
from people.models import PersonNote


def take_note(candidate_id: ObjectId, text: str, *, actor: str) -> PersonNote:
    """Keep a note of somebody; ``actor`` is the staff login."""

    def work() -> PersonNote:
        made = PersonNote.objects.create(candidate_id=candidate_id, text=text.strip(), author=actor)
        audit.record_staff("candidate", str(candidate_id), "noted", actor, None, {"note": made.text})
        return made

    return in_transaction(work)


def remove_note(candidate_id: ObjectId, note_id: ObjectId, *, actor: str) -> bool:
    """Take a note away, whose text the audit trail keeps; False where it is gone already."""

    def work() -> bool:
        found = PersonNote.objects.filter(pk=note_id, candidate_id=candidate_id).first()
        if found is None:
            return False
        found.delete()
        audit.record_staff("candidate", str(candidate_id), "note_removed", actor, {"note": found.text}, None)
        return True

    return in_transaction(work)
