"""Forms whose saving is a use case."""

from collections.abc import Callable
from copy import copy
from typing import Any

from django import forms
from django.db import IntegrityError, models
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from common.mongo import in_transaction
from common.refusals import RefusedError
from staffkit.choices import name_the_empty_choice
from staffkit.scoping import narrow
from staffkit.sending.once import Ticket
from staffkit.sending.seen import SeenForm
from staffkit.views import page_of


class AskFirstError(Exception):
    """Nothing is saved yet: a page asks first. ``show``: answers with it, given the admin whose form was sent."""

    def __init__(self, show: Callable[[Any], HttpResponse]) -> None:
        super().__init__("asks first")
        self.show = show


class UseCaseForm(SeenForm):
    """A form whose saving is a use case: it is valid once the use case has taken it.

    So a refusal shows beside the field it is about, like any other mistake. A new entry is made once a page, a change
    is written where the entry still is what the page showed.
    """

    actor = ""
    request: HttpRequest | None = None
    ticket: Ticket
    _taken = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        name_the_empty_choice(self)
        if self.request:
            narrow(self, self.request)

    def carry_out(self) -> None:
        """Call the use case with ``self.instance`` or ``self.cleaned_data``."""
        raise RefusedError({"": "this form saves nothing"})

    def is_valid(self) -> bool:
        """Check the fields, then ask the use case, once.

        Raises:
            StaleError: someone else was faster.
            AlreadySentError: a new entry, which this page has made already.
            AskFirstError: what it touches is to be looked at first.
        """
        if not super().is_valid() or self._taken:
            return self._taken
        try:
            self._take()
        except RefusedError as error:
            show_refusal(self, error)
        except IntegrityError:
            self.add_error(None, _("Someone has just saved an entry with the same key. Look at it first."))
        else:
            self._taken = True
        return self._taken

    def _take(self) -> None:
        if self.instance._state.adding:
            blank = self.instance
            self.ticket.use(lambda: self._make(blank))
        elif self.changed_data:
            self.make(self._change)

    def make(self, change: Callable[[], None]) -> None:
        """Make a change, in one transaction.

        Raises:
            AskFirstError: people are to be asked about first.
        """
        in_transaction(change)

    def _make(self, blank: models.Model) -> str:
        self.instance = copy(blank)  # the driver may run this again after a conflict
        self.carry_out()
        return page_of(self.instance)

    def _change(self) -> None:
        self.instance = self.renewed()
        self.carry_out()
        self.instance.refresh_from_db()  # what is said of it is said of what is stored now


def show_refusal(form: forms.BaseForm, error: RefusedError) -> None:
    """Put a use case's refusal beside the fields it names."""
    for field, message in error.errors.items():
        form.add_error(field if field in form.fields else None, message)
