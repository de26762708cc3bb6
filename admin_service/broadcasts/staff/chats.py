"""Announcement chats in the desk."""

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.utils.html import format_html
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextInputWidget

from broadcasts.models import AnnouncementChat
from broadcasts.services.chats import known_as, replaced_text, save_chat
from common.group_chats import SAME_GROUP
from common.scope import SHARED
from shared_contracts.fields import LARGEST_TELEGRAM_ID
from staffkit.forms.topics import TopicField
from staffkit.forms.use_case import UseCaseForm
from staffkit.pages.kinds import Colours, UseCaseAdmin, plainly
from staffkit.views import page_of


class ChatForm(UseCaseForm):
    """An announcement chat."""

    chat_id = forms.IntegerField(
        label=_("Chat id"),
        min_value=-LARGEST_TELEGRAM_ID,
        max_value=LARGEST_TELEGRAM_ID,
        widget=UnfoldAdminTextInputWidget(),
        help_text=_("Groups have negative ids."),
    )

    thread_id = TopicField()

    def clean_chat_id(self) -> int:
        """No other entry has it."""
        chat_id: int = self.cleaned_data["chat_id"]
        other = known_as(chat_id)
        if other and other.pk != self.instance.pk and chat_id != self.instance.chat_id:
            raise ValidationError(
                format_html(
                    _now('Already there as <a href="{address}">{name}</a>.'), address=page_of(other), name=other
                )
            )
        return chat_id

    def carry_out(self) -> None:
        """Save it."""
        save_chat(self.instance, actor=self.actor)


@admin.register(AnnouncementChat)
class AnnouncementChatAdmin(UseCaseAdmin):
    """Groups that announcements can go to."""

    how_to_begin = _("Add the bot to a group, then add the group here: broadcasts can go there.")
    form = ChatForm
    few_rows = True
    rows = SHARED
    list_display = ["title", "chat_id", "thread_id", "is_active", "state"]
    fields = ["title", "chat_id", "thread_id", "is_active", "state_line"]
    readonly_fields = ["state_line"]

    @display(description=_("can be written to"), label=Colours({"no": "danger", "yes": "success"}))
    def state(self, chat: AnnouncementChat) -> tuple[str, str]:
        """Whether it can, and if not, why."""
        if chat.trouble == SAME_GROUP:
            return "no", replaced_text(chat)
        return ("no", chat.get_trouble_display()) if chat.trouble else ("yes", str(_("yes")))

    state_line = plainly(state)
