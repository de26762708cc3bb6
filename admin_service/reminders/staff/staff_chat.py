"""Where staff read the daily summary."""

from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextInputWidget

from common.scope import SHARED
from reminders.models import StaffChat
from reminders.services.rules import save_staff_chat
from shared_contracts.fields import LARGEST_TELEGRAM_ID
from staffkit.forms.topics import TopicField
from staffkit.forms.use_case import UseCaseForm
from staffkit.pages.kinds import OneDocumentAdmin


class StaffChatForm(UseCaseForm):
    """Staff's chat."""

    chat_id = forms.IntegerField(
        label=_("Chat id"),
        min_value=-LARGEST_TELEGRAM_ID,
        max_value=LARGEST_TELEGRAM_ID,
        required=False,
        widget=UnfoldAdminTextInputWidget(),
        help_text=_("Of a group that the bot is in. Groups have negative ids. Empty: no summary is sent."),
    )

    thread_id = TopicField()

    def carry_out(self) -> None:
        """Save it."""
        save_staff_chat(self.instance, actor=self.actor)


@admin.register(StaffChat)
class StaffChatAdmin(OneDocumentAdmin):
    """Staff's chat."""

    form = StaffChatForm
    rows = SHARED
    fields = ["chat_id", "thread_id", "language", "state_line"]
    readonly_fields = ["state_line"]
    change_form_before_template = "reminders/staff_chat.html"

    @display(description=_("can be written to"))
    def state_line(self, chat: StaffChat) -> str:
        """Whether it can, and if not, why."""
        return str(chat.get_trouble_display() if chat.trouble else _("yes"))
