"""Message templates in the desk (R5): list, text, preview, history, a city's own text."""

from typing import Any

from bson import ObjectId
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action

from common.refusals import RefusedError
from common.scope import SHARED
from common.zones import MOSCOW
from message_templates.domain.catalogue import MESSAGE_KINDS
from message_templates.models import KIND_LABELS, LANGUAGE_LABELS, MessageTemplate
from message_templates.services import templates
from message_templates.services.variables import TEMPLATE_VARIABLES
from message_templates.staff import previewing
from message_templates.staff.forms import OwnTextForm, RestoreForm, SeenForm, TemplateForm
from message_templates.staff.history import versions
from people.models import City
from shared_contracts.notification import NotificationKind
from shared_contracts.texts.message_templates import LANGUAGES
from staffkit.audit_trail import actor_label
from staffkit.clocks import format_moment
from staffkit.forms.use_case import show_refusal
from staffkit.pages.kinds import UseCaseAdmin
from staffkit.sending.once import Done, send_once
from staffkit.views import find, login, page

_LIST = "admin:wording_messagetemplate_changelist"


@admin.register(MessageTemplate)
class MessageTemplateAdmin(UseCaseAdmin):
    """Message templates. Defaults are always there; a city's own text is made on the default's page."""

    form = TemplateForm
    rows = SHARED
    change_form_after_template = "message_templates/editor.html"
    actions_detail = ["preview", "revisions", "own_text", "back_to_default"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Defaults come with the product, own texts from a default's page."""
        return False

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """The text."""
        return ["text"]

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list[Any]:
        """Own texts are made from defaults and go back to them."""
        hidden = "own_text" if find(MessageTemplate, object_id).city_id else "back_to_default"
        return [item for item in super().get_actions_detail(request, object_id) if hidden not in item.action_name]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """By kind: the defaults, and the cities with a text of their own."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        return page(self, request, "message_templates/list.html", title=_("Message templates"), kinds=_by_kind())

    def on_page(self, object_id: ObjectId) -> dict[str, Any]:
        """With the variables, and the text as it looks in chat."""
        template = MessageTemplate.objects.filter(pk=object_id).prefetch_related("city").first()
        if template is None:
            return {}
        kind = NotificationKind(template.kind)
        required = MESSAGE_KINDS[kind].required
        return {
            "variables": [
                (f"{{{name}}}", variable.meaning, name in required) for name, variable in TEMPLATE_VARIABLES.items()
            ],
            "bubble": previewing.preview(kind, template.language, template.text, template.city),
            "cities": City.objects.order_by("name"),
            "preview_url": reverse("admin:wording_messagetemplate_preview", args=[template.pk]),
        }

    @action(description=_("Preview"), url_path="preview", permissions=["view"], icon="visibility")
    def preview(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Both languages as they are in force in a city; a posted text alone, for the editor."""
        template = find(MessageTemplate, object_id)
        kind, asked = NotificationKind(template.kind), request.POST if request.method == "POST" else request.GET
        city_id = asked.get("city", str(template.city_id or ""))
        city = find(City, city_id) if city_id else None
        if request.method == "POST":
            text = request.POST.get("text", "").replace("\r\n", "\n").strip()
            bubble = previewing.preview(kind, template.language, text, city)
            return render(request, "message_templates/bubble.html", {"bubble": bubble})
        return page(
            self,
            request,
            "message_templates/preview.html",
            title=template.get_kind_display(),
            obj=template,
            bubbles=[(label, previewing.preview_in_force(kind, language, city)) for language, label in LANGUAGE_LABELS],
            cities=City.objects.order_by("name"),
            chosen=city_id,
            back=self._page_of(template.pk),
        )

    @action(description=_("History"), url_path="versions", permissions=["view"], icon="history")
    def revisions(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Every version, and a button that makes an earlier one the newest."""
        template = find(MessageTemplate, object_id)
        if request.method == "POST":
            self._restore(request, template)
            return HttpResponseRedirect(request.path)
        told = [(one, format_moment(one.at, MOSCOW), actor_label(one.actor)) for one in versions(template)]
        return page(
            self,
            request,
            "message_templates/history.html",
            title=_("History"),
            obj=template,
            versions=told,
            may_restore=self.has_change_permission(request),
            back=self._page_of(template.pk),
        )

    @action(description=_("Own text for a city"), url_path="own-text", permissions=["change"], icon="add_location_alt")
    def own_text(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Start from the default and save it as a city's own."""
        default = find(MessageTemplate, object_id)
        form = OwnTextForm(request.POST or None, default=default)

        def make() -> Done:
            kind, city_id = NotificationKind(default.kind), ObjectId(form.cleaned_data["city"])
            text = form.cleaned_data["text"]
            made = templates.make_own_text(kind, default.language, city_id, text, actor=login(request))
            return Done(self._page_of(made), str(_("The city has a text of its own now.")))

        if form.is_valid():
            try:
                return send_once(request, make)
            except RefusedError as error:
                show_refusal(form, error)
        return page(
            self,
            request,
            "staffkit/form_page.html",
            title=_("Own text for a city"),
            obj=default,
            intro=default,
            form=form,
            submit_text=_("Save"),
            back=self._page_of(default.pk),
        )

    @action(description=_("Back to the default"), url_path="back-to-default", permissions=["change"], icon="undo")
    def back_to_default(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask, then take a city's own text away."""
        template = find(MessageTemplate, object_id)
        form = SeenForm(request.POST or None, initial={"seen_version": template.version})
        if form.is_valid():
            try:
                templates.back_to_default(str(template.pk), actor=login(request), **form.cleaned_data)
            except RefusedError as error:
                show_refusal(form, error)
            else:
                messages.success(request, _("The city uses the default again."))
                return HttpResponseRedirect(reverse(_LIST))
        kind = NotificationKind(template.kind)
        default = MessageTemplate.objects.filter(kind=template.kind, language=template.language, city=None).first()
        return page(
            self,
            request,
            "message_templates/back.html",
            title=_("Back to the default"),
            obj=template,
            intro=_("People in this city will get the default text. The history of this one is kept."),
            form=form,
            bubble=default and previewing.preview(kind, template.language, default.text, template.city),
            submit_text=_("Back to the default"),
            danger=True,
            back=self._page_of(template.pk),
        )

    def _restore(self, request: HttpRequest, template: MessageTemplate) -> None:
        if not self.has_change_permission(request):
            raise PermissionDenied
        form = RestoreForm(request.POST)
        if not form.is_valid():
            return  # no page of ours sends that
        try:
            templates.restore_text(str(template.pk), actor=login(request), **form.cleaned_data)
        except RefusedError as error:
            messages.error(request, " ".join(error.errors.values()))
        else:
            messages.success(request, _("Version %(number)s is in force again.") % form.cleaned_data)

    def _page_of(self, template_id: ObjectId) -> str:
        return reverse("admin:wording_messagetemplate_change", args=[template_id])


def _by_kind() -> list[dict[str, Any]]:
    every = list(MessageTemplate.objects.prefetch_related("city").order_by("key"))
    rows = []
    for kind, label in KIND_LABELS:
        here = [template for template in every if template.kind == kind]
        defaults = {template.language: template for template in here if template.city is None}
        own = sorted((template for template in here if template.city), key=lambda one: (str(one.city), one.language))
        rows.append({"label": label, "defaults": [defaults.get(name) for name in LANGUAGES], "own": own})
    return rows
