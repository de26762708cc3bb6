"""The allow list in the desk (FR2)."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import BooleanRadioFilter, DropdownFilter
from unfold.decorators import action, display

from common.refusals import RefusedError
from common.scope import Rows
from exports.lists import ExportingAdmin, headings
from people.models import TAKEN_OVER, Candidate, PrivacySettings
from people.services.finding import named_like
from people.services.people import restore_candidates, save_candidate
from people.services.reach import chat_state
from people.services.tags import change_tags, known_tags
from people.staff.forms import TagsField, TagsForm, TelegramIdField, UsernameField, offer_open_cities
from people.staff.importing import ImportingAdmin
from people.staff.inviting import InvitingAdmin
from people.staff.privacy import language_line, privacy_line
from people.staff.row_by_row import act_on_each, show_report
from shared_contracts.telegram.names import username_beside
from staffkit.forms.use_case import UseCaseForm
from staffkit.pages.filters import ScopedRelatedFilter
from staffkit.pages.kinds import Colours, plainly
from staffkit.views import find, login, page

CHAT_STATES = {
    "started": _("started the bot"),
    "none": _("has not started the bot"),
    "blocked": _("blocked the bot"),
}


_TAGS_LISTED = 3
"""Of a person, on the list: the page has all."""


class TagFilter(DropdownFilter):
    """By a tag."""

    title = _("tag")
    parameter_name = "tag"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Those that somebody has."""
        return [(tag, tag) for tag in known_tags()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Who has it."""
        return queryset.filter(tags__contains=[self.value()]) if self.value() else queryset


class MergedFilter(DropdownFilter):
    """Entries that another has taken over are shown only where they are asked for."""

    title = _("merged entries")
    parameter_name = "merged"
    all_option = None
    whole = "hidden"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Each can be chosen."""
        return [(self.whole, _("hidden")), ("only", _("only these"))]

    def value(self) -> str:
        """As asked for."""
        return super().value() or self.whole

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Those that stand, or those that are taken over."""
        return queryset.filter(TAKEN_OVER if self.value() == "only" else Q(merged_into=None))


class CandidateForm(UseCaseForm):
    """An entry of the allow list. Once someone has come in by it, it belongs to that Telegram id for good."""

    telegram_id = TelegramIdField(help_text=_("If you know it. Otherwise give the @username, or save and send a link."))
    username = UsernameField()
    tags = TagsField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_open_cities(self)
        if self.instance.telegram_id is not None and "telegram_id" in self.fields:
            self.fields["telegram_id"].disabled = True

    def carry_out(self) -> None:
        """Save it."""
        save_candidate(self.instance, actor=self.actor)


class CandidatePage(ImportingAdmin, ExportingAdmin, InvitingAdmin):
    """The allow list; ``scheduling`` registers it, with the way off it, which asks about bookings."""

    when_empty = _("The bot serves those on the list, nobody else.")
    how_to_begin = _("Add people one by one, or many from a table.")
    form = CandidateForm
    export_name = "candidates"
    rows = Rows(city=("city_id",))
    fields = ["first_name", "last_name", "city", "username", "telegram_id", "tags", "on_list", "chat_line"]
    fields += ["language_shown", "privacy_shown"]
    readonly_fields = ["on_list", "chat_line", "language_shown", "privacy_shown"]
    list_display = ["person", "telegram_id", "city_name", "on_list", "chat", "privacy_shown"]
    list_filter: Any = [("is_allowed", BooleanRadioFilter), ("city", ScopedRelatedFilter), TagFilter, MergedFilter]
    sortable_by = ["person", "telegram_id"]
    search_fields = ["words"]
    search_help_text = _("Name, username or Telegram id")
    ordering = ["telegram_id"]
    actions_list = ["import_table", "report"]
    actions = [*InvitingAdmin.actions, "restore", "tag", "untag"]
    actions_detail = [*InvitingAdmin.actions_detail, "restore_one"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Candidate]:
        """Cities by one more query, not by a join."""
        found: QuerySet[Candidate] = super().get_queryset(request).prefetch_related("city")
        return found

    def export_titles(self) -> list[str]:
        """As "Invite many from a table" takes them, with the id by which it knows them again."""
        people = (_("First name"), _("Last name"), _("City"), _("Username"), _("Telegram id"))
        theirs = (_("Language"), _("Privacy text agreed to"))
        every = (*people, _("On the allow list"), _("Tags"), _("Candidate id"), *theirs)
        return headings(*every)

    def export_row(self, obj: Candidate) -> list[object]:
        """One person."""
        number = "" if obj.telegram_id is None else str(obj.telegram_id)
        names = (obj.first_name, obj.last_name, obj.city or "", obj.username, number)
        listed, tags = _("yes") if obj.is_allowed else _("no"), ", ".join(obj.tags or ())
        return [*names, listed, tags, obj.pk, language_line(obj), privacy_line(obj)]

    def get_list_display(self, request: HttpRequest) -> list[str]:
        """What people have agreed to, where there is something to agree to."""
        is_asked = PrivacySettings.objects.exclude(text_ru="").exists()
        return [name for name in self.list_display if is_asked or name != "privacy_shown"]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """A new entry has no state to show."""
        return [name for name in self.fields if obj or name not in self.readonly_fields]

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list[Any]:
        """Put back only those who are off the list."""
        every: list[Any] = super().get_actions_detail(request, object_id)
        allowed = find(Candidate, object_id).is_allowed
        return [item for item in every if not (allowed and "restore_one" in item.action_name)]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Candidate], search_term: str
    ) -> tuple[QuerySet[Candidate], bool]:
        """A number is a Telegram id, anything else the beginnings of names."""
        return queryset.filter(named_like(search_term)), False

    @display(description=_("candidate"), header=True, ordering="first_name")
    def person(self, candidate: Candidate) -> list[str]:
        """Name, username, their name in Telegram where it is another, and some of their tags."""
        username = username_beside(str(candidate), candidate.username)
        own = candidate.telegram_name if candidate.telegram_name != str(candidate) else ""
        tags = [f"#{tag}" for tag in (candidate.tags or ())[:_TAGS_LISTED]]
        return [str(candidate), " · ".join(filter(None, (username, own, *tags)))]

    @display(description=_("city"))
    def city_name(self, candidate: Candidate) -> str:
        """Their city."""
        return str(candidate.city or "—")

    @display(description=_("on the allow list"), boolean=True)
    def on_list(self, candidate: Candidate) -> bool:
        """Whether the bot serves them."""
        return candidate.is_allowed

    @display(
        description=_("chat"),
        label=Colours({"started": "success", "blocked": "danger", "awaited": "info", "none": "default"}),
    )
    def chat(self, candidate: Candidate) -> tuple[str, Any]:
        """Whether the bot can write to them."""
        if candidate.awaited_username and not candidate.started_at:
            return "awaited", _("awaited by username")
        state = chat_state({"started_at": candidate.started_at, "blocked_at": candidate.blocked_at})
        return state, CHAT_STATES[state]

    chat_line = plainly(chat)

    @display(description=_("language"))
    def language_shown(self, candidate: Candidate) -> str:
        """In which language the bot writes to them."""
        return language_line(candidate)

    @display(description=_("consent"))
    def privacy_shown(self, candidate: Candidate) -> str:
        """Which version, and when."""
        return privacy_line(candidate) or "—"

    def get_actions_list(self, request: HttpRequest) -> list[Any]:
        """What pages lead to is no button."""
        return [item for item in super().get_actions_list(request) if "report" not in item.action_name]

    @action(description=_("What came of it"), url_path="report", permissions=["view"])
    def report(self, request: HttpRequest) -> HttpResponse:
        """What came of an action on many, row by row."""
        return show_report(self, request)

    def put_back(self, candidate_ids: list[str], actor: str) -> int:
        """Put people back on the list; ``scheduling`` adds what becomes of their waiting."""
        return restore_candidates(candidate_ids, actor=actor)

    @admin.action(description=_("Put back on the allow list"), permissions=["change"])
    def restore(self, request: HttpRequest, queryset: QuerySet[Candidate]) -> HttpResponse:
        """Put the chosen people back, one after the other."""

        def put_back(person: Candidate) -> str:
            count = self.put_back([str(person.pk)], login(request))
            return _now("back on the list") if count else _now("was on the list already")

        return act_on_each(request, _("Put back on the allow list"), list(queryset), put_back)

    @admin.action(description=_("Add tags…"), permissions=["change"])
    def tag(self, request: HttpRequest, queryset: QuerySet[Candidate]) -> HttpResponse:
        """Ask which, then note the chosen people under them, too."""
        return self._tag(request, list(queryset), "tag", _("Add tags"))

    @admin.action(description=_("Take tags away…"), permissions=["change"])
    def untag(self, request: HttpRequest, queryset: QuerySet[Candidate]) -> HttpResponse:
        """Ask which, then take them from the chosen people."""
        return self._tag(request, list(queryset), "untag", _("Take tags away"))

    def _tag(self, request: HttpRequest, people: list[Candidate], name: str, title: Any) -> HttpResponse:
        form = TagsForm(request.POST if "_confirm" in request.POST else None)
        if form.is_valid():
            tags = form.cleaned_data["tags"]
            change = {"add": tags} if name == "tag" else {"remove": tags}

            def act(person: Candidate) -> str:
                changed = change_tags([person.pk], actor=login(request), **change)
                return ", ".join(tags) if changed else _now("was so already")

            return act_on_each(request, f"{title}: {', '.join(tags)}", people, act)
        back = reverse("admin:people_candidate_changelist")
        template = "people/tag_people.html"
        shown = {"form": form, "people": people, "action_name": name, "submit_text": title, "back": back}
        return page(self, request, template, title=title, **shown)

    @action(description=_("Put back on the allow list"), url_path="restore", permissions=["change"], icon="person_add")
    def restore_one(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The same for one person, from their page."""
        candidate = find(Candidate, object_id)
        if request.method == "POST":
            self._restore(request, candidate)
            return HttpResponseRedirect(reverse("admin:people_candidate_change", args=[candidate.pk]))
        return page(
            self,
            request,
            "staffkit/form_page.html",
            title=_("Put back on the allow list"),
            obj=candidate,
            intro=_("The bot will serve %(name)s again.") % {"name": candidate},
            submit_text=_("Put back"),
            back=reverse("admin:people_candidate_change", args=[candidate.pk]),
        )

    def _restore(self, request: HttpRequest, candidate: Candidate) -> None:
        try:
            count = self.put_back([str(candidate.pk)], login(request))
        except RefusedError as error:
            messages.error(request, " ".join(map(str, error.errors.values())))
        else:
            if count:
                messages.success(request, _now("%(name)s is back on the list.") % {"name": candidate})
            else:
                text = _now("Nothing was done: %(name)s is on the list already.")
                messages.warning(request, text % {"name": candidate})
