"""A large list is asked for: once, and not many at a time."""

from hashlib import sha256
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from common import correlation
from common.refusals import RefusedError
from common.scope import scope_of
from exports.journal import filtered_by
from exports.models import UNDER_WAY, Export
from staffkit.errors import TooManyError
from staffkit.sending.once import Done, send_once
from staffkit.tables.writing import MOST_IN_WORKBOOK
from staffkit.views import login, page, page_of, user_of

MOST_UNDER_WAY = 3
"""Of one login: they are made in turns, and hold up those of others."""


def ask_for_export(listing: Any, request: HttpRequest, count: int, kind: str) -> HttpResponse:
    """Say how long the list is, ``count`` going no further than a workbook; pressing has the worker make the file.

    Raises:
        TooManyError: the login has as many under way as it may.
    """
    if Export.objects.filter(login=login(request), status__in=UNDER_WAY).count() >= MOST_UNDER_WAY:
        text = _("Exports of yours are still being made. Try again when one is ready, or cancel one.")
        raise TooManyError(text, "admin:exports_export_changelist")
    if "_confirm" in request.POST:
        try:
            return send_once(request, lambda: _queue(listing, request, kind))
        except RefusedError as error:
            messages.warning(request, " ".join(map(str, error.errors.values())))
    long = _how_long(count)
    rest = _now("The file is made in the background; you can go on working, and download it when it is ready.")
    return page(
        listing,
        request,
        "staffkit/form_page.html",
        title=_("A large export"),
        intro=f"{long} {rest}",
        submit_text=_("Make the file"),
        back=f"?{request.GET.urlencode()}",
    )


def _how_long(count: int) -> str:
    if count > MOST_IN_WORKBOOK:
        return _now("The list has more than %(most)s rows.") % {"most": MOST_IN_WORKBOOK}
    return ngettext("The list has %(count)s row.", "The list has %(count)s rows.", count) % {"count": count}


def reach_of(request: HttpRequest) -> str:
    """A digest of all that the login may see: with another role or other cities it is another."""
    scope, user = scope_of(request), user_of(request)
    seen = [scope.whole, sorted(map(str, scope.city_ids)), str(scope.recruiter_id), sorted(user.get_all_permissions())]
    return sha256(repr(seen).encode()).hexdigest()


def _queue(listing: Any, request: HttpRequest, kind: str) -> Done:
    made = Export.objects.create(
        login=login(request),
        user_id=user_of(request).pk,
        list_name=listing.opts.label_lower,
        query=request.GET.urlencode(),
        narrowed=filtered_by(listing, request),
        kind=kind,
        language=get_language() or "",
        file_name=listing.export_file_name(),
        reach=reach_of(request),
        correlation_id=correlation.current(),
    )
    return Done(page_of(made))
