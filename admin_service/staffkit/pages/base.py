"""The base of all staff pages."""

from typing import Any

from bson import ObjectId
from django.contrib import messages
from django.contrib.admin import ShowFacets
from django.http import HttpRequest, HttpResponseBase
from django.urls import URLPattern
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from common.refusals import RefusedError
from staffkit.choices import say_what_is_missing
from staffkit.forms.inputs import is_asked_only
from staffkit.forms.use_case import AskFirstError
from staffkit.pages.guarding import GuardedAdmin
from staffkit.pages.lists import DeclaredLists
from staffkit.pages.paging import DeskPaginator, paged
from staffkit.pages.saved_views import views_of
from staffkit.sending.once import AlreadySentError, acting_once, already_sent, new_key, ticket
from staffkit.sending.seen import StaleError, seen_token, stale_text
from staffkit.views import login, may
from staffkit.who_can import who_adds

_LOOKS = 3  # at a document that others keep changing


class DeskAdmin(DeclaredLists, GuardedAdmin):
    """A staff page. The service's audit trail stands for Django's own log; nothing is deleted unless said."""

    few_rows = False
    """Some hundreds at most, however large the agency: the list may be sorted and searched in memory."""
    when_empty: Any = ""
    """Where it comes from that there is nothing of yet; for everybody."""
    how_to_begin: Any = ""
    """What to do where there is nothing yet; for who may. Others read who can."""
    begin_permission = ""
    """What that takes, where it is not the permission to add."""
    list_per_page = 50
    paginator = DeskPaginator
    show_full_result_count = False
    show_facets = ShowFacets.NEVER  # each would count the whole list
    list_filter_submit = True
    list_fullwidth = True
    warn_unsaved_form = True
    empty_value_display = "—"
    change_form_template = "staffkit/change_form.html"
    change_list_template = "staffkit/change_list.html"

    def get_paginator(self, request: HttpRequest, *args: Any, **kwargs: Any) -> DeskPaginator:
        """That counts as far as is looked."""
        return paged(request, super().get_paginator(request, *args, **kwargs))

    def response_action(self, request: HttpRequest, queryset: Any) -> Any:
        """As Django's. What the list has not counted is not chosen either: one would act on more than one was told."""
        across = request.POST.get("select_across") == "1"
        if across and self.get_paginator(request, queryset, self.list_per_page).is_more:
            messages.warning(request, _("There are more than can be chosen at once. Filter the list first."))
            return None
        return super().response_action(request, queryset)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nothing is hard-deleted: bookings and the audit trail refer to it."""
        return False

    def get_urls(self) -> list[URLPattern]:
        """Every view of the page: a form that is sent twice acts once."""
        urls: list[URLPattern] = super().get_urls()
        for pattern in urls:
            pattern.callback = acting_once(pattern.callback)
        return urls

    def may_begin(self, request: HttpRequest) -> bool:
        """Whether the login may do what ``how_to_begin`` says."""
        return may(request, self.begin_permission) if self.begin_permission else self.has_add_permission(request)

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
            except AskFirstError as error:
                return error.show(self)
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
        if is_asked_only(form) and not any(one.errors for one in every[1:]):
            context |= {"errors": None, "question": _("One question before this is saved: it is below.")}
        say_what_is_missing(form, request)
        context |= {"seen": seen_token(every), "once": new_key(request)}
        return super().render_change_form(request, context, *args, **kwargs)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponseBase:
        """As Unfold's, named after what it lists."""
        context = {"title": self._heading, "once": new_key(request), **(extra_context or {})}
        if self.has_view_or_change_permission(request):
            context |= views_of(request, self.model)
        listed: HttpResponseBase = super().changelist_view(request, {**self._beginning(request), **context})
        return listed

    def _beginning(self, request: HttpRequest) -> dict[str, Any]:
        """What an empty list says of how to begin, or of who can; asked for by its template alone."""
        return {"how_to_begin": lambda: self.how_to_begin if self.may_begin(request) else who_adds()}

    @property
    def _heading(self) -> str:
        """The browser's title; Django's own (“Select … to change”) puts every noun into the wrong case."""
        return capfirst(str(self.opts.verbose_name_plural))

    def log_addition(self, *args: Any, **kwargs: Any) -> None:
        """The use case wrote the audit entry."""

    log_change = log_addition
    log_deletion = log_addition
