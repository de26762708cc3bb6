"""Free text, which is no command: an answer if one is waited for, else the person is told what they can do."""

from interview_bot.common.dialog_data import DialogState
from interview_bot.dialogs import commands
from interview_bot.dialogs.candidate import questionnaire, sign_up
from interview_bot.dialogs.context import DialogContext
from interview_bot.dialogs.recruiter import cards
from interview_bot.telegram.sending import username_of
from interview_bot.telegram.start_links import start_parameter
from interview_bot.views.screen import Screen


async def handle(context: DialogContext, text: str | None, message_id: int) -> None:
    """Something that is no command was written; ``text`` is None for a picture, a voice message and the like."""
    if await cards.take_reason(context, text, message_id):
        return
    await cards.forget_reason(context)
    state, data = await context.services.dialog_states.get(context.user_id)
    if (
        state is DialogState.ANSWERING
        and data is not None
        and await questionnaire.answer_by_text(context, data.event_id, text, message_id)
    ):
        return
    if state is DialogState.WAITING_FOR_RESULT:
        await context.note_not_understood()
        await context.show(Screen(context.texts("unknown.wait")))
    elif link := start_parameter(text or "", username_of(context.services.bot)):
        await commands.handle(context, "start", link)
    elif state is None:
        await commands.show_unknown(context)
    else:
        await context.note_not_understood()
        await sign_up.show_current_step(context, context.texts("unknown.press_a_button"))


async def handle_edit(context: DialogContext, text: str, message_id: int) -> None:
    """A message was edited: what it answered is answered anew while that can still be; else nothing is said."""
    if await cards.take_edited_reason(context, text, message_id):
        return
    state, data = await context.services.dialog_states.get(context.user_id)
    if state is DialogState.ANSWERING and data is not None:
        await questionnaire.answer_by_edit(context, data.event_id, text, message_id)
