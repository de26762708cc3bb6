"""Staff logins: made, changed and closed, each with its audit entry."""

from collections.abc import Sequence

from bson import ObjectId
from django.contrib.auth.models import Group, User

from backoffice.models import Role, StaffProfile
from backoffice.roles import GROUPS


def give_role(
    user: User,
    role: Role,
    *,
    all_cities: bool = False,
    city_ids: Sequence[ObjectId] = (),
    recruiter_id: ObjectId | None = None,
) -> StaffProfile:
    """Make a login one of this role and no other; what does not go with the role is dropped."""
    limited = role in {Role.COORDINATOR, Role.READ_ONLY} and not all_cities
    profile, _made = StaffProfile.objects.update_or_create(
        user=user,
        defaults={
            "role": role.value,
            "all_cities": all_cities and role in {Role.COORDINATOR, Role.READ_ONLY},
            "city_ids": list(city_ids) if limited else [],
            "recruiter_id": recruiter_id if role == Role.RECRUITER else None,
        },
    )
    user.groups.set([Group.objects.get(name=GROUPS[role])])
    return profile
