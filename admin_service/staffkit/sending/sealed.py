"""What is confirmed is what was shown: a page that asks seals what it shows, and the answer brings the seal back."""

import json
from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

FIELD = "_sealed"


def seal(request: HttpRequest, shown: Any) -> str:
    """The seal on what a page shows to this login at this address.

    Args:
        shown: all that the person agrees to: lists, dicts and plain values.
    """
    content = json.dumps([request.user.get_username(), request.path, shown], sort_keys=True, default=str)
    return salted_hmac("desk.sealed", content, algorithm="sha256").hexdigest()


def is_as_shown(request: HttpRequest, shown: Any) -> bool:
    """Whether the form confirms just this; if not, the person is told to look again."""
    same = constant_time_compare(request.POST.get(FIELD, ""), seal(request, shown))
    if not same:
        messages.warning(
            request, _("It is not as you were shown it any more. Here it is as it is now: check it, then press again.")
        )
    return same
