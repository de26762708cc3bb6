"""Who does something from the desk's first page, or a person's, comes back there; on the first, to the next errand."""

import re

from django.http import HttpRequest
from django.urls import reverse


def place_on_home(number: int) -> str:
    """The query of an address that is opened from an errand's place in the list, and leads back there."""
    return f"from=home-{number}"


def back_to(request: HttpRequest, usual: str) -> str:
    """Where a page leads when it is done: to the person, or to the errand's place, where the next one stands now.

    Args:
        usual: for who came from elsewhere.
    """
    come_from = request.GET.get("from", "")
    if found := re.fullmatch(r"person-([0-9a-f]{24})", come_from):
        return reverse("admin:people_candidate_change", args=[found[1]])
    found = re.fullmatch(r"home-(\d{1,3})", come_from)
    return f"{reverse('admin:index')}#errand-{found[1]}" if found else usual


def from_person(person_id: object) -> str:
    """The query of an address that is opened from somebody's page, and leads back there."""
    return f"from=person-{person_id}"
