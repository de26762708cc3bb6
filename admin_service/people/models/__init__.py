"""The documents of people and places."""

from people.models.people import (
    LANGUAGE_LENGTH,
    NAME_LENGTH,
    USERNAME_LENGTH,
    Candidate,
    Invitation,
    InvitationState,
    Person,
    Recruiter,
    check_username,
    invited_role_choices,
    name_words,
)
from people.models.places import (
    LINK_LENGTH,
    City,
    ContactSettings,
    LinkField,
    MapLinkField,
    Office,
    check_link,
    check_time_zone,
)
from people.models.privacy import TEXT_LENGTH, PrivacySettings

__all__ = [
    "LANGUAGE_LENGTH",
    "LINK_LENGTH",
    "NAME_LENGTH",
    "TEXT_LENGTH",
    "USERNAME_LENGTH",
    "Candidate",
    "City",
    "ContactSettings",
    "Invitation",
    "InvitationState",
    "LinkField",
    "MapLinkField",
    "Office",
    "Person",
    "PrivacySettings",
    "Recruiter",
    "check_link",
    "check_time_zone",
    "check_username",
    "invited_role_choices",
    "name_words",
]
