"""Who does an errand from the desk's first page comes back to it, at the next one."""

import re

from django.http import HttpRequest
from django.urls import reverse


def place_on_home(number: int) -> str:
    """The query of an address that is opened from an errand's place in the list, and leads back there."""
    return f"from=home-{number}"


def back_to(request: HttpRequest, usual: str) -> str:
    """Where a page leads when it is done: to the errand's place on the first page, where the next one stands now.

    Args:
        usual: for who came from elsewhere.
    """
    found = re.fullmatch(r"home-(\d{1,3})", request.GET.get("from", ""))
    return f"{reverse('admin:index')}#errand-{found[1]}" if found else usual
