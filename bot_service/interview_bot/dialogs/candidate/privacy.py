"""/privacy, and the answer to the privacy text (``consent`` asks for it)."""

from interview_bot.common.dialog_data import DialogData
from interview_bot.dialogs.candidate import sign_up
from interview_bot.dialogs.candidate.consent import ask_for_consent
from interview_bot.dialogs.context import DialogContext, Presses
from interview_bot.dialogs.requests import dialog_envelope, submit
from interview_bot.views import keyboards
from interview_bot.views.callback_data import NO_EVENT, Action
from interview_bot.views.personal_screens import (
    later_screen,
    notice_screen,
    recruiters_notice_screen,
    without_notice_screen,
)
from interview_bot.views.screen import Screen
from shared_contracts.dialog import DialogOutcome, DialogResult, PrivacyAccepted
from shared_contracts.transport.topology import DIALOG_COMMAND


async def show_notice(context: DialogContext) -> None:
    """/privacy: the company's text, to be agreed to where that is still to be done; else in a word what is kept.

    The text is the candidates'; of recruiters other things are kept.
    """
    if context.recruiter is not None and context.person is None and context.removed is None:
        await context.show(recruiters_notice_screen(await context.contact_url(), context.texts))
        return
    notice = await context.services.directory.privacy()
    if not notice.ru:
        await context.show(without_notice_screen(await context.contact_url(), context.texts))
    elif context.person is None or not await ask_for_consent(context, None):
        agreed = context.person is not None and context.person.privacy_version is not None
        await context.show(notice_screen(notice, await context.contact_url(), context.texts, agreed=agreed))


async def accept(context: DialogContext, version: str, event_id: str) -> None:
    """I agree was pressed under that version of the text; if there is a newer one by now, it is shown first."""
    event = None if event_id == NO_EVENT else event_id
    notice = await context.services.directory.privacy()
    if notice.version != int(version) or not notice.ru:
        if not await ask_for_consent(context, event):
            await _go_on(context, event)
        return
    # by press, not by button: after a failure the same button may be pressed again
    head = dialog_envelope(context, f"agree:{context.query_id}")
    command = PrivacyAccepted(**head, version=notice.version, event_id=event)
    await submit(context, DIALOG_COMMAND, command, "agree", DialogData(event_id=event or ""))


async def put_off(context: DialogContext) -> None:
    """Not now: nothing has changed, and they know how to go on."""
    await context.services.dialog_states.take_press(context.user_id)
    notice = await context.services.directory.privacy()
    if context.person is not None and not notice.needs_consent(context.person.privacy_version):
        await show_notice(context)  # an old message asks, and they have agreed in another
        return
    await context.show(later_screen(await context.contact_url(), context.texts))


async def show_result(context: DialogContext, result: DialogResult) -> None:
    """Go on to what they were signing up for, in the message that says "noting…"."""
    if context.message_id is not None:
        await context.services.dialog_states.reopen_message(context.chat_id, context.message_id)
    if result.outcome is DialogOutcome.ACCEPTED:
        await _go_on(context, result.event_id, context.texts("privacy.accepted"))
        return
    refused = result.outcome is DialogOutcome.NOT_ALLOWED
    key = "outcome.not_allowed" if refused else "outcome.failed"
    await context.show(Screen(context.texts(key), keyboards.home(context.texts)))


async def _go_on(context: DialogContext, event_id: str | None, lead: str | None = None) -> None:
    """To where they were: the step at which they were asked, or at which they wrote /privacy."""
    if event_id is None:
        await sign_up.show_current_step(context, lead)
    else:
        await sign_up.go_on(context, event_id, lead)


PRESSES: Presses = {
    Action.AGREE: accept,
    Action.AGREE_LATER: put_off,
}
