"""The Broadcast page's form (FR1)."""

from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminRadioSelectWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
)

from broadcasts.models import AnnouncementChat, Audience
from broadcasts.services.broadcasts import MAX_TEXT, count_recipients, current_ids
from common.scope import scope_of
from people.models import City
from scheduling.models import InterviewEvent
from staffkit.forms.inputs import MessageText, set_choices
from staffkit.scoping import in_scope


class ChatsField(forms.MultipleChoiceField):
    """Announcement chats by their ids; an id that a group had before it moved counts as the one it has now."""

    def to_python(self, value: Any) -> list[str]:
        """Each chat once."""
        current = {str(former): str(now) for former, now in current_ids().items()}
        return list(dict.fromkeys(current.get(chat_id, chat_id) for chat_id in super().to_python(value)))


class BroadcastForm(forms.Form):
    """What to post and where. Each choice says how many people it reaches now.

    A chat belongs to no city: who has some cities only writes to the candidates there.
    """

    text = MessageText(
        label=_("Text"),
        max_length=MAX_TEXT,
        widget=UnfoldAdminTextareaWidget({"rows": 7}),
        help_text=_("Plain text. The bot puts a Sign up button under it."),
    )
    chats = ChatsField(label=_("Announcement chats"), required=False, widget=UnfoldAdminCheckboxSelectMultipleWidget())
    audience = forms.ChoiceField(label=_("In private"), required=False, widget=UnfoldAdminRadioSelectWidget())
    city = forms.ChoiceField(label=_("City of the candidates"), required=False, widget=UnfoldAdminSelectWidget())

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        whole = scope_of(request).whole
        chats = [(str(chat.chat_id), _chat_label(chat)) for chat in AnnouncementChat.objects.filter(is_active=True)]
        set_choices(self, "chats", chats)
        if len(chats) == 1:
            self.initial.setdefault("chats", [chats[0][0]])
        everyone = [(Audience.ALL, f"{Audience.ALL.label}: {count_recipients(Audience.ALL, None)}")] if whole else []
        if not whole:
            del self.fields["chats"]
        set_choices(self, "audience", [("", _("Nobody")), *everyone, (Audience.CITY, Audience.CITY.label)])
        cities = [(str(city.pk), city.name) for city in in_scope(City.objects.order_by("name"), request)]
        reach = [(key, f"{name}: {count_recipients(Audience.CITY, key)}") for key, name in cities]
        set_choices(self, "city", [("", "—"), *reach])

    def order(self) -> dict[str, Any]:
        """What ``start_broadcast`` is told."""
        data = self.cleaned_data
        audience = data["audience"]
        return {
            "text": data["text"],
            "chat_ids": [int(chat_id) for chat_id in data.get("chats", ())],
            "audience": audience,
            "city_id": (data["city"] or None) if audience == Audience.CITY else None,
        }


def _chat_label(chat: AnnouncementChat) -> str:
    return f"{chat.title} · ⚠ {chat.get_trouble_display()}" if chat.trouble else chat.title


def default_text(event: InterviewEvent) -> str:
    """A text to start from."""
    opening = _now("Sign-up is open: %(title)s") % {"title": event.title}
    closing = _now("Press the button below to choose a time.")
    return "\n\n".join(filter(None, (opening, event.description, closing)))
