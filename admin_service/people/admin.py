"""The app's pages in the desk: Django looks for them here."""

from people.staff import audit_labels, timeline
from people.staff.invitations import InvitationAdmin
from people.staff.places import ContactAdmin
from people.staff.privacy import PrivacyAdmin

__all__ = ["ContactAdmin", "InvitationAdmin", "PrivacyAdmin", "audit_labels", "timeline"]
