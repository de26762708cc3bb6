"""One action on many people, row by row: one that can't be done stops no other, and what came of each can be read.

Each row is a transaction of its own, so a press is used up first: pressed twice it acts once, and where the process
ends in between, the report says whom it did not come to. Doing it again for them is safe.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from bson import ObjectId
from django.contrib import messages
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from pymongo.errors import DuplicateKeyError

from common import clock
from common.mongo import GuardFailedError, collection, current_session
from common.refusals import RefusedError
from people.models import Candidate
from people.services.bulk import MOST_ROWS
from staffkit.sending.once import Done, send_once
from staffkit.views import login, page

_REPORTS = "bulk_reports"
_LIST = "admin:people_candidate_changelist"


class CameOfIt(NamedTuple):
    """What came of a row, in words. ``done``: it is now as was asked for."""

    done: bool
    text: str


def act_on_each(
    request: HttpRequest, title: Any, people: Sequence[Candidate], act: Callable[[Candidate], str]
) -> HttpResponse:
    """Do it for one after the other, once; the answer leads to the report.

    Args:
        act: a transaction of its own; says what came of it.
    """
    if len(people) > MOST_ROWS:
        messages.warning(request, _("Choose %(most)s people at most.") % {"most": MOST_ROWS})
        return HttpResponseRedirect(reverse(_LIST))
    report_id = ObjectId()
    try:
        answer = send_once(request, lambda: Done(begin_report(request, report_id, title, people)))
    except RefusedError as error:
        messages.error(request, " ".join(map(str, error.errors.values())))
        return HttpResponseRedirect(reverse(_LIST))
    if not getattr(request, "has_acted", False):
        return answer  # pressed twice
    for person in people:
        note_row(report_id, person, _came_of(person, act))
    return answer


def begin_report(request: HttpRequest, report_id: ObjectId, title: Any, people: Sequence[Candidate]) -> str:
    """Write down for whom it is to be done, in the transaction under way; the address of the report."""
    now = clock.now()
    rows = {str(person.pk): {"name": str(person), "done": None, "text": ""} for person in people}
    report = {"_id": report_id, "login": login(request), "title": str(title), "rows": rows}
    stamps = {"created_at": now, "updated_at": now}
    collection(_REPORTS).insert_one({**report, **stamps}, session=current_session())
    return f"{reverse('admin:people_candidate_report')}?id={report_id}"


def note_row(report_id: ObjectId, person: Candidate, came: CameOfIt) -> None:
    """Write down what came of a row, in the transaction under way if there is one."""
    row = f"rows.{person.pk}"
    change = {f"{row}.done": came.done, f"{row}.text": came.text, "updated_at": clock.now()}
    collection(_REPORTS).update_one({"_id": report_id}, {"$set": change}, session=current_session())


def show_report(admin: Any, request: HttpRequest) -> HttpResponse:
    """The report that ``?id`` names, for whose it is; a page that is open follows it to its end."""
    wanted = request.GET.get("id", "")
    mine = {"_id": ObjectId(wanted) if ObjectId.is_valid(wanted) else None, "login": login(request)}
    report = collection(_REPORTS).find_one(mine)
    if report is None:
        messages.info(request, _("There is no such report, or not any more: they are kept for two days."))
        return HttpResponseRedirect(reverse(_LIST))
    rows = [
        {"link": reverse("admin:people_candidate_change", args=[key]), **row} for key, row in report["rows"].items()
    ]
    order = {False: 0, None: 1, True: 2}  # what needs a look first
    return page(
        admin,
        request,
        "people/bulk_report.html",
        title=report["title"],
        rows=sorted(rows, key=lambda row: order[row["done"]]),
        done=sum(row["done"] is True for row in rows),
        refused=sum(row["done"] is False for row in rows),
        waiting=sum(row["done"] is None for row in rows),
        again=request.get_full_path(),
        back=reverse(_LIST),
    )


def _came_of(person: Candidate, act: Callable[[Candidate], str]) -> CameOfIt:
    try:
        return CameOfIt(True, act(person))
    except RefusedError as error:
        return CameOfIt(False, " ".join(map(str, error.errors.values())))
    except (GuardFailedError, DuplicateKeyError, IntegrityError):
        return CameOfIt(False, _("somebody has just changed this entry: look at it, then try again"))
