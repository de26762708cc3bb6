"""When automatic messages go out: the page of all kinds, and a rule's own."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminTextInputWidget

from common.audited import facts
from common.refusals import RefusedError
from common.scope import SHARED
from reminders.domain.kinds import SPECS, Audience, ReminderKind
from reminders.models import ReminderRule, kind_choices
from reminders.services.rules import RULE_FACTS, remove_rule, save_rule
from reminders.services.timings import rule_setting
from reminders.staff.formatting import format_setting
from staffkit.forms.inputs import TimeInput
from staffkit.forms.use_case import UseCaseForm
from staffkit.pages.kinds import UseCaseAdmin
from staffkit.sending.sealed import is_as_shown
from staffkit.views import find, login, page

_LIST = "admin:reminders_reminderrule_changelist"


class RuleForm(UseCaseForm):
    """What a rule is about, and what it says."""

    kind = forms.ChoiceField(choices=kind_choices, widget=forms.HiddenInput())
    at = forms.TimeField(label=_("At what time"), required=False, widget=TimeInput())
    minutes = forms.IntegerField(label=_("How many minutes"), required=False, widget=UnfoldAdminTextInputWidget())

    class Meta:
        model = ReminderRule
        fields = ("kind", "event", "city", "is_on", "at", "minutes")
        labels = {"is_on": _("Send this message")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label in (("event", _("any interview event")), ("city", _("any city"))):
            if name in self.fields:
                self.fields[name].empty_label = label  # type: ignore[attr-defined]
        kind = _kind(self.instance.kind or self.data.get("kind") or self.initial.get("kind"))
        if kind and (given := SPECS[kind].limits):
            del self.fields["at"]
            limits = dict(zip(("least", "most"), given, strict=True))
            self.fields["minutes"].help_text = _("From %(least)s to %(most)s. Empty: as usual.") % limits
        else:
            del self.fields["minutes"]
            self.fields["at"].help_text = _("From 08:00 to 21:59: we don't write at night. Empty: as usual.")

    def clean_at(self) -> str:
        """As it is stored."""
        given = self.cleaned_data["at"]
        return f"{given:%H:%M}" if given else ""

    def carry_out(self) -> None:
        """Save it."""
        save_rule(self.instance, actor=self.actor)


@admin.register(ReminderRule)
class ReminderRuleAdmin(UseCaseAdmin):
    """Rules: for everything, an interview event, a city, or an event in a city."""

    form = RuleForm
    rows = SHARED
    change_form_before_template = "reminders/kind.html"
    actions_detail = ["remove"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[ReminderRule]:
        """Those in force."""
        found: QuerySet[ReminderRule] = super().get_queryset(request).filter(is_removed=False)
        return found

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """A new rule says what it is about; what a stored one says can be changed."""
        kind = _kind(obj.kind if obj else _asked_kind(request))
        if kind is None:
            return ["kind"]
        spec = SPECS[kind]
        about = ["where"] if obj else ["event"] * spec.may_name_event + ["city"] * spec.may_name_city
        return ["kind", *about, "is_on", "at" if spec.by_the_clock else "minutes"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Sequence[str]:
        """What a stored rule is about stays."""
        return ["where"] if obj else []

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponseBase:
        """For the kind that was chosen on the page of all of them."""
        kind = _kind(_asked_kind(request))
        if kind is None:
            return HttpResponseRedirect(reverse(_LIST))
        # Another one would be of the same kind; the page of all kinds is the better place to go on from.
        context = {**_about(kind), "show_save_and_add_another": False}
        shown: HttpResponseBase = super().add_view(request, form_url, context)
        return shown

    def on_page(self, object_id: Any) -> dict[str, Any]:
        """With what the message is, and when it goes out without rules."""
        found = ReminderRule.objects.filter(pk=object_id).first()
        return {**_about(ReminderKind(found.kind)), "show_save_and_add_another": False} if found else {}

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """By kind: what is usual, and where it is otherwise."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        rules = list(self.get_queryset(request).prefetch_related("event", "city"))
        return page(
            self,
            request,
            "reminders/rules.html",
            title=_("Reminders"),
            groups=[
                (_("To candidates"), _kinds(rules, {Audience.CANDIDATE})),
                (_("To recruiters and staff"), _kinds(rules, {Audience.RECRUITER, Audience.STAFF})),
            ],
            may_add=self.has_add_permission(request),
        )

    @display(description=_("Where"))
    def where(self, rule: ReminderRule) -> str:
        """The event and the city it is for."""
        return _where(rule)

    @action(description=_("Remove the rule"), url_path="remove", permissions=["change"], icon="undo")
    def remove(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask, then take it away."""
        rule = find(ReminderRule, object_id)
        agreed = facts(rule, RULE_FACTS)
        if request.method == "POST" and is_as_shown(request, agreed):
            try:
                remove_rule(str(rule.pk), actor=login(request))
            except RefusedError as error:
                messages.error(request, error.errors[""])
            else:
                messages.success(request, _("The rule has been removed. Planned messages follow in a moment."))
            return HttpResponseRedirect(reverse(_LIST))
        return page(
            self,
            request,
            "staffkit/form_page.html",
            title=_("Remove the rule"),
            obj=rule,
            agreed=agreed,
            intro=f"{rule.get_kind_display()} · {_where(rule)}",
            submit_text=_("Remove the rule"),
            danger=True,
            back=reverse("admin:reminders_reminderrule_change", args=[rule.pk]),
        )


def _kind(value: Any) -> ReminderKind | None:
    return ReminderKind(value) if value in set(ReminderKind) else None


def _asked_kind(request: HttpRequest) -> str | None:
    return request.POST.get("kind") or request.GET.get("kind")


def _about(kind: ReminderKind) -> dict[str, Any]:
    spec = SPECS[kind]
    return {"title": gettext(spec.label), "hint": gettext(spec.hint), "usual": format_setting(spec, spec.usual)}


def _where(rule: ReminderRule) -> str:
    named = [str(item) for item in (rule.event, rule.city) if item]
    return " · ".join(named) or str(_("everywhere"))


def _kinds(rules: list[ReminderRule], audiences: set[Audience]) -> list[dict[str, Any]]:
    """The kinds that go to some audiences, each with its rules, the least particular first."""
    rows = []
    for kind, spec in SPECS.items():
        if spec.audience not in audiences:
            continue
        here = sorted((rule for rule in rules if rule.kind == kind), key=_particularity)
        settings = [rule_setting(kind, rule.is_on, rule.at, rule.minutes) for rule in here]
        shown = [
            (rule, _where(rule), format_setting(spec, setting)) for rule, setting in zip(here, settings, strict=True)
        ]
        rows.append({"kind": kind.value, "rules": shown, **_about(kind)})
    return rows


def _particularity(rule: ReminderRule) -> tuple[bool, bool, str]:
    return rule.event_id is not None, rule.city_id is not None, _where(rule)
