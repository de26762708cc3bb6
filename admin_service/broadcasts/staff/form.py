"""The Broadcast page's form (FR1)."""

from typing import Any

from bson import ObjectId
from django import forms
from django.core.exceptions import ValidationError
from django.forms import model_to_dict
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminRadioSelectWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
)

from broadcasts.models import AnnouncementChat, Audience, Broadcast, Exclusion
from broadcasts.services.audience import Readers, excludes_again
from broadcasts.services.chats import current_ids, written_to
from broadcasts.services.starting import Announcement
from broadcasts.services.texts import MAX_TEXT, as_typed, problem_of, values_of
from common.scope import scope_of
from common.zones import MOSCOW, local
from people.models import City
from people.services.tags import known_tags
from scheduling.models import InterviewEvent
from scheduling.services.store.slots import event_words
from staffkit.clocks import from_wall_clock
from staffkit.forms.inputs import DayAndTimeInput, MessageText, set_choices
from staffkit.scoping import in_scope

NOW, LATER = "now", "later"


class ChatsField(forms.MultipleChoiceField):
    """Announcement chats by their ids; an id that a group had before it moved counts as the one it has now."""

    def to_python(self, value: Any) -> list[str]:
        """Each chat once."""
        current = {str(former): str(now) for former, now in current_ids().items()}
        return list(dict.fromkeys(current.get(chat_id, chat_id) for chat_id in super().to_python(value)))


class BroadcastForm(forms.Form):
    """What to post, where and to whom, and when.

    A chat belongs to no city: who has some cities only writes to the candidates there. ``again``: the earlier
    broadcast to some of whose readers this one goes, those that ``again_to`` names.
    """

    text = MessageText(
        label=_("Text"),
        max_length=MAX_TEXT,
        widget=UnfoldAdminTextareaWidget({"rows": 7}),
        help_text=_("Plain text, with variables if you like. The bot puts a Sign up button under it."),
    )
    text_en = MessageText(
        label=_("Text in English"),
        max_length=MAX_TEXT,
        required=False,
        widget=UnfoldAdminTextareaWidget({"rows": 4}),
        help_text=_("For candidates who read English. Empty: they get the text above, as groups do."),
    )
    chats = ChatsField(label=_("Announcement chats"), required=False, widget=UnfoldAdminCheckboxSelectMultipleWidget())
    audience = forms.ChoiceField(label=_("In private"), required=False, widget=UnfoldAdminRadioSelectWidget())
    city = forms.ChoiceField(label=_("City of the candidates"), required=False, widget=UnfoldAdminSelectWidget())
    tag = forms.ChoiceField(label=_("Only with the tag"), required=False, widget=UnfoldAdminSelectWidget())
    of_event = forms.ChoiceField(
        label=_("Booking, waiting or answers: in which event"), required=False, widget=UnfoldAdminSelectWidget()
    )
    excludes = forms.MultipleChoiceField(
        label=_("Leave out"),
        required=False,
        choices=Exclusion.choices,
        widget=UnfoldAdminCheckboxSelectMultipleWidget(),
    )
    when = forms.ChoiceField(
        label=_("When"),
        required=False,
        choices=[(NOW, _("At once")), (LATER, _("At this time"))],
        widget=UnfoldAdminRadioSelectWidget(),
    )
    send_at = forms.SplitDateTimeField(
        label=_("Day and time"),
        required=False,
        widget=DayAndTimeInput(),
        help_text=_("On the clocks of the city chosen above; without one, Moscow's."),
    )

    def __init__(
        self,
        *args: Any,
        request: HttpRequest,
        event: InterviewEvent,
        again: ObjectId | None = None,
        again_to: str = "",
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.event, self.again, self.again_to = event, again, again_to
        whole = scope_of(request).whole
        chats = [(str(chat.chat_id), _chat_label(chat)) for chat in written_to()]
        set_choices(self, "chats", chats)
        if len(chats) == 1 and again is None:
            self.initial.setdefault("chats", [chats[0][0]])
        if not whole or again is not None:
            del self.fields["chats"]
        audiences = [(value, capfirst(label)) for value, label in Audience.choices if value != Audience.CITY]
        set_choices(self, "audience", [("", _("Nobody")), *audiences])
        cities = [(str(city.pk), city.name) for city in in_scope(City.objects.order_by("name"), request)]
        set_choices(self, "city", [("", _("any") if whole else "—"), *cities])
        set_choices(self, "tag", [("", _("any")), *((tag, tag) for tag in self._tags())])
        self.fields["city"].required = False
        self.must_have_city = not whole
        others = InterviewEvent.objects.exclude(pk=event.pk).order_by("-is_open", "title")
        set_choices(self, "of_event", [("", event.title), *((str(other.pk), other.title) for other in others)])
        self.initial.setdefault("when", NOW)
        self.initial.setdefault("audience", "")

    def _tags(self) -> list[str]:
        """Those that somebody has, and the one that the broadcast has been for."""
        return sorted({*known_tags(), *filter(None, [str(self.initial.get("tag", ""))])})

    def clean(self) -> dict[str, Any]:
        """The texts with their variables, and the moment on the right clocks."""
        data: dict[str, Any] = super().clean() or {}
        if self.must_have_city and data.get("audience") and not data.get("city"):
            self.add_error("city", _("Choose the city."))
        values = values_of(self.event, self.chosen_city())
        for name in ("text", "text_en"):
            if data.get(name) and (problem := problem_of(data[name], values)):
                self.add_error(name, problem)
        if data.get("when") == LATER:
            self._set_moment(data)
        else:
            data["send_at"] = None
        return data

    def _set_moment(self, data: dict[str, Any]) -> None:
        typed = data.get("send_at")
        if typed is None:
            if "send_at" not in self.errors:
                self.add_error("send_at", _("Give the day and the time."))
            return
        try:
            data["send_at"] = from_wall_clock(typed.replace(tzinfo=None), self.zone())
        except ValidationError as error:
            self.add_error("send_at", error)

    def chosen_city(self) -> City | None:
        """The city that narrows the audience; after cleaning."""
        city_id = self.cleaned_data.get("city")
        return City.objects.filter(pk=ObjectId(city_id)).first() if city_id else None

    def zone(self) -> str:
        """On whose clocks the moment is typed."""
        city = self.chosen_city()
        return city.timezone if city else MOSCOW

    def readers(self) -> Readers:
        """The audience as far as the form says one."""
        data = self.cleaned_data
        city, of_event = data.get("city"), data.get("of_event")
        nobody_yet = self.must_have_city and not city
        return Readers(
            audience="" if nobody_yet else data.get("audience", ""),
            event_id=ObjectId(of_event) if of_event else self.event.pk,
            city_id=ObjectId(city) if city else None,
            tag=data.get("tag", ""),
            excludes=tuple(data.get("excludes", ())),
            again_of=self.again,
            again_to=self.again_to,
        )

    def order(self) -> Announcement:
        """What ``start_broadcast`` is told."""
        data = self.cleaned_data
        return Announcement(
            text=data["text"],
            text_en=data["text_en"],
            chat_ids=tuple(int(chat_id) for chat_id in data.get("chats", ())),
            audience=data["audience"],
            city_id=(data["city"] or None) if data["audience"] else None,
            tag=data["tag"] if data["audience"] else "",
            of_event_id=data["of_event"] or None,
            excludes=tuple(data["excludes"]),
            again_of=str(self.again) if self.again else None,
            again_to=self.again_to,
            send_at=data["send_at"],
        )


def _chat_label(chat: AnnouncementChat) -> str:
    place = f" · {_now('topic')} {chat.thread_id}" if chat.thread_id else ""
    title = f"{chat.title}{place}"
    return f"{title} · ⚠ {chat.get_trouble_display()}" if chat.trouble else title


def first_values(event: InterviewEvent, broadcast: Broadcast | None = None, again_to: str = "") -> dict[str, Any]:
    """What the page starts from: a text of ours, or another broadcast, to be changed or sent again."""
    if broadcast is None:
        return {"text": _default_text(event, "ru"), "text_en": _default_text(event, "en")}
    typed = broadcast.message_text, broadcast.text_en
    if broadcast.began_at:
        typed = as_typed(typed[0]), as_typed(typed[1])
    values: dict[str, Any] = {
        "text": typed[0],
        "text_en": typed[1],
        "chats": [str(chat_id) for chat_id in broadcast.chat_ids],
        "audience": Audience.ALL if again_to else broadcast.audience.replace(Audience.CITY, Audience.ALL),
        "city": str(broadcast.audience_city_id or ""),
        "tag": broadcast.audience_tag,
        "of_event": str(broadcast.of_event_id or ""),
        "excludes": list(excludes_again(broadcast, again_to) if again_to else broadcast.excludes or ()),
    }
    if broadcast.send_at and not again_to:
        zone = broadcast.audience_city.timezone if broadcast.audience_city else MOSCOW
        values |= {"when": LATER, "send_at": local(broadcast.send_at, zone).replace(tzinfo=None)}
    return values


def _default_text(event: InterviewEvent, language: str) -> str:
    """In the readers' language, whatever the desk's is."""
    with override(language):
        opening, closing = _now("Sign-up is open: {event}"), _now("Press the button below to choose a time.")
    about = event_words(model_to_dict(event)).description_in(language)
    return "\n\n".join(filter(None, (opening, as_typed(about), closing)))
