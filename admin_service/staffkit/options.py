"""Base classes and helpers of all staff pages."""

from collections.abc import Callable
from copy import copy
from typing import Any

from bson import ObjectId
from bson.errors import InvalidId
from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db import IntegrityError, models
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from common.mongo import in_transaction
from common.refusals import RefusedError
from staffkit.exports import note_export
from staffkit.guarding import GuardedAdmin
from staffkit.lists import DeclaredLists
from staffkit.scoping import narrow
from staffkit.sending.once import AlreadySentError, Ticket, acting_once, already_sent, new_key, ticket
from staffkit.sending.sealed import seal
from staffkit.sending.seen import SeenForm, StaleError, seen_token, stale_text

_LOOKS = 3  # at a document that others keep changing


class DeskPaginator(Paginator):  # type: ignore[type-arg]
    """Says how many there are without a noun: Django's has one plural form, Russian has three."""

    template_name = "staffkit/pagination.html"


class DeskAdmin(DeclaredLists, GuardedAdmin):
    """A staff page. The service's audit trail stands for Django's own log; nothing is deleted unless said."""

    list_per_page = 50
    paginator = DeskPaginator
    show_full_result_count = False
    list_filter_submit = True
    list_fullwidth = True
    warn_unsaved_form = True
    empty_value_display = "—"
    change_form_template = "staffkit/change_form.html"
    change_list_template = "staffkit/change_list.html"

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nothing is hard-deleted: bookings and the audit trail refer to it."""
        return False

    def get_urls(self) -> list[URLPattern]:
        """Every view of the page: a form that is sent twice acts once."""
        urls: list[URLPattern] = super().get_urls()
        for pattern in urls:
            pattern.callback = acting_once(pattern.callback)
        return urls

    def on_page(self, object_id: ObjectId) -> dict[str, Any]:
        """What an entry's page shows besides its fields; for its template."""
        return {}

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        """As Unfold's, with ``on_page``; it looks again if someone else was faster while it saved."""
        context = {"title": self._heading, **(extra_context or {})}
        if object_id and ObjectId.is_valid(object_id):
            context |= self.on_page(ObjectId(object_id))
        for _look in range(_LOOKS):
            try:
                return super().changeform_view(request, object_id, form_url, context)
            except AlreadySentError as error:
                return already_sent(request, error)
            except RefusedError as error:
                request.refusal = error  # type: ignore[attr-defined]
            except StaleError:
                continue
        return super().changeform_view(request, object_id, form_url, context)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """The form, knowing who uses it and what came of it so far."""
        made = super().get_form(request, obj, change=change, **kwargs)
        knows = {
            "actor": login(request),
            "request": request,
            "ticket": ticket(request),
            "refusal": getattr(request, "refusal", None),
        }
        return type(made)(made.__name__, (made,), knows)

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        """As Unfold's, with what travels with the form. What someone else changed is nobody's mistake."""
        form = context["adminform"].form
        if form.is_bound and form.instance.pk:  # the form's own document has the values that were sent
            context["original"] = type(form.instance)._default_manager.filter(pk=form.instance.pk).first()
        every = [form, *(row for rows in context["inline_admin_formsets"] for row in rows.formset.forms)]
        if any(getattr(one, "news", ()) for one in every):
            context["errors"] = None
            if not form.non_field_errors():
                form.add_error(None, stale_text())
        context |= {"seen": seen_token(every), "once": new_key(request)}
        return super().render_change_form(request, context, *args, **kwargs)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponseBase:
        """As Unfold's, named after what it lists."""
        context = {"title": self._heading, "once": new_key(request), **(extra_context or {})}
        listed: HttpResponseBase = super().changelist_view(request, context)
        return listed

    @property
    def _heading(self) -> str:
        """The browser's title; Django's own (“Select … to change”) puts every noun into the wrong case."""
        return capfirst(str(self.opts.verbose_name_plural))

    def log_addition(self, *args: Any, **kwargs: Any) -> None:
        """The use case wrote the audit entry."""

    log_change = log_addition
    log_deletion = log_addition


class ReadOnlyAdmin(DeskAdmin):
    """A page to look at."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Made elsewhere."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Changed elsewhere."""
        return False


class ExportingAdmin(DeskAdmin):
    """A list with a link that downloads it as CSV: all pages of what is filtered and searched."""

    list_before_template = "staffkit/export_link.html"

    def export(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponseBase:
        """The download; a list says what its rows are."""
        raise Http404

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponseBase:
        """The list, or with ``_export`` the download, which is noted in the audit trail."""
        if "_export" not in request.GET:
            return super().changelist_view(request, extra_context)
        query = request.GET.copy()
        del query["_export"]
        request.GET = query  # type: ignore[assignment]
        self.request = request
        rows = self.get_changelist_instance(request).get_queryset(request)
        answer = self.export(request, rows)
        note_export(request, rows, query)
        return answer


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
            in_transaction(self._change)

    def _make(self, blank: models.Model) -> str:
        self.instance = copy(blank)  # the driver may run this again after a conflict
        self.carry_out()
        return page_of(self.instance)

    def _change(self) -> None:
        self.instance = self.renewed()
        self.carry_out()
        self.instance.refresh_from_db()  # what is said of it is said of what is stored now


class UseCaseAdmin(DeskAdmin):
    """A page whose form saves through a use case, in the use case's own transaction."""

    form: type[UseCaseForm]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Done by the form."""


class OneDocumentAdmin(UseCaseAdmin):
    """Settings that are one document, so their list is their form."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Only the first."""
        return super().has_add_permission(request) and not self.model._default_manager.exists()

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponseBase:
        """Straight to the form."""
        found = self.model._default_manager.first()
        page_of = f"admin:{self.opts.app_label}_{self.opts.model_name}"
        if found:
            return HttpResponseRedirect(reverse(f"{page_of}_change", args=[found.pk]))
        if self.has_add_permission(request):
            return HttpResponseRedirect(reverse(f"{page_of}_add"))
        return super().changelist_view(request, extra_context)


def plainly(column: Callable[[Any, Any], Any]) -> Callable[[Any, Any], str]:
    """A list column (a label, or a header of two lines) as the plain text that a detail page shows."""

    def line(self: Any, obj: Any) -> str:
        value = column(self, obj)
        return str(value[1]) if isinstance(value, tuple) else " · ".join(filter(None, value))

    line.short_description = column.short_description  # type: ignore[attr-defined]
    return line


def show_refusal(form: forms.BaseForm, error: RefusedError) -> None:
    """Put a use case's refusal beside the fields it names."""
    for field, message in error.errors.items():
        form.add_error(field if field in form.fields else None, message)


def login(request: HttpRequest) -> str:
    """The staff login that acts."""
    return str(request.user.get_username())


def find(model: type[models.Model], object_id: str) -> Any:
    """The document, or a 404 page; a garbled id is no document's."""
    try:
        found = model._default_manager.filter(pk=ObjectId(object_id)).first()
    except InvalidId:
        found = None
    if found is None:
        raise Http404
    return found


def page_of(document: models.Model) -> str:
    """The address of a document's page."""
    return reverse(f"admin:{document._meta.app_label}_{document._meta.model_name}_change", args=[document.pk])


def page(
    admin: Any,
    request: HttpRequest,
    template: str,
    *,
    title: Any,
    obj: models.Model | None = None,
    agreed: Any = None,
    **context: Any,
) -> HttpResponse:
    """Render a page of an admin in the desk's frame, with a one-time key.

    Args:
        agreed: what the person confirms by pressing; sealed, for ``is_as_shown``.
    """
    every = {
        **admin.admin_site.each_context(request),
        "opts": admin.model._meta,
        "title": title,
        "original": obj,
        "media": admin.media,
        "once": new_key(request),
        "sealed": "" if agreed is None else seal(request, agreed),
        **context,
    }
    return render(request, template, every)


def tell_outcome(request: HttpRequest, good: bool, text: str) -> None:
    """Say what came of it on the next page."""
    messages.add_message(request, messages.SUCCESS if good else messages.ERROR, text)
