"""Staff pages about people and places."""

from people.admin.candidates import CandidateAdmin
from people.admin.invitations import InvitationAdmin
from people.admin.places import CityAdmin, ContactAdmin, RecruiterAdmin

__all__ = ["CandidateAdmin", "CityAdmin", "ContactAdmin", "InvitationAdmin", "RecruiterAdmin"]
