"""One login of each role for the demo, beside the superuser's, all with the demo's one password."""

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import User

from backoffice.services.logins import Post, give_role
from common.audit import acting
from common.mongo import in_transaction
from common.roles import Role
from people.models import City, Recruiter

CITY, RECRUITER = "Москва", "Анна Ветрова"
DEMO_LOGINS = {
    "administrator": ("Дарья", Role.ADMINISTRATOR),
    "coordinator": ("Кирилл", Role.COORDINATOR),
    "recruiter": (RECRUITER, Role.RECRUITER),
    "reader": ("Лев", Role.READ_ONLY),
}
"""Username, name and role. The coordinator has ``CITY``, the recruiter is ``RECRUITER``, the reader sees all."""


def make_demo_logins(password: str, *, actor: str) -> None:
    """Make those that are not there; the demo's city and recruiter are."""
    hashed = make_password(password)  # outside the transaction, which must be short
    with acting(actor):
        in_transaction(lambda: _make(hashed))


def _make(hashed: str) -> None:
    city, recruiter = City.objects.get(name=CITY), Recruiter.objects.get(name=RECRUITER)
    for username, (name, role) in DEMO_LOGINS.items():
        if not User.objects.filter(username=username).exists():
            user = User.objects.create(username=username, password=hashed, first_name=name, is_staff=True)
            everywhere = role == Role.READ_ONLY
            give_role(user, Post(role, all_cities=everywhere, city_ids=[city.pk], recruiter_id=recruiter.pk))
