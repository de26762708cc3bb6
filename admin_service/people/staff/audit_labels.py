"""What the audit trail calls what happens to people and places."""

from bson import ObjectId
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from common.mongo import collection
from common.texts.names import name_in
from staffkit.audit_labels import AuditLabels, named_in, register


def _called(candidate_id: ObjectId) -> str:
    found = collection("users").find_one({"_id": candidate_id})
    return name_in(found) if found else str(candidate_id)


register(
    AuditLabels(
        subjects={
            "candidate": _("candidate"),
            "city": _("city"),
            "office": _("office"),
            "recruiter": _("recruiter"),
            "invitation": _("invitation"),
            "contact": _("default contact"),
            "privacy": _("privacy text"),
        },
        actions={
            "joined": _("came in"),
            "used": _("used"),
            "revoked": _("revoked"),
            "calendar_made": _("a calendar address made"),
            "calendar_replaced": _("the calendar address replaced"),
            "calendar_revoked": _("the calendar address taken back"),
            "tagged": _("tags changed"),
            "merged": _("another entry merged into this one"),
            "merged_away": _("merged into another entry"),
            "taken_apart": _("a merge undone"),
            "noted": _("a note taken"),
            "note_removed": _("a note removed"),
            "written_to": _("written to through the bot"),
            "outside_calendar_given": _("own calendar given"),
            "outside_calendar_replaced": _("another own calendar given"),
            "outside_calendar_taken_away": _("own calendar taken away"),
            "language_chosen": _("language chosen"),
            "privacy_accepted": _("agreed to the privacy text"),
        },
        fields={
            "is_allowed": _("on the allow list"),
            "tags": _("tags"),
            "note": _("note"),
            "merged_id": _("the other entry"),
            "merged_into": _("the other entry"),
            "tags_added": _("tags that came with it"),
            "message_text": _("text"),
            "telegram_id": _("Telegram id"),
            "deputy_id": _("deputy"),
            "timezone": _("time zone"),
            "contact_url": _("contact link"),
            "privacy_version": _("version of the privacy text"),
            "consent_version": _("to be agreed to since version"),
            "text_ru": _("privacy text, Russian"),
            "text_en": _("privacy text, English"),
            "link": _("link to the full text"),
        },
        fields_of={
            ("recruiter", "name"): pgettext_lazy("a person's", "name"),
        },
        choices={
            "role": {"candidate": _("candidate"), "recruiter": _("recruiter")},
            "language": {"ru": _("Russian"), "en": _("English")},
        },
        names={
            "merged_id": _called,
            "merged_into": _called,
            "recruiter_id": named_in("recruiters"),
            "deputy_id": named_in("recruiters"),
            "city_id": named_in("cities"),
            "office": named_in("offices"),
        },
    )
)
