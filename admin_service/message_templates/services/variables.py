"""What each variable of a template stands for, as staff read it."""

from typing import Any

from django.utils.translation import gettext_lazy as _

MEANINGS: list[tuple[str, Any]] = [
    ("name", _("the candidate's name")),
    ("event", _("the interview event")),
    ("date", _("the day, with weekday, on the reader's clock")),
    ("time", _("the start, on the reader's clock; its zone is named where it is not Moscow's")),
    ("minutes", _("how many minutes it takes")),
    ("place", _("location and room")),
    ("city", _("the city")),
    ("recruiter", _("the recruiter's name, if there is one")),
    ("recruiter_link", _("the recruiter's link, if there is one")),
    ("contact_link", _("the city's contact link, or the default one")),
    ("reason", _("what staff or the recruiter wrote, if anything")),
    ("wanted", _("the date and time that were asked for instead, if any")),
    ("until", _("when an offer or a request ends")),
]
