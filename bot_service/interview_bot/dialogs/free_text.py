"""What people write that is no command: an answer where one is waited for, else a hint at what they can do."""

from interview_bot.common.dialog_data import DialogState
from interview_bot.dialogs import commands
from interview_bot.dialogs.candidate import questionnaire, sign_up
from interview_bot.dialogs.context import DialogContext
from interview_bot.dialogs.recruiter import cards
from interview_bot.views.screen import Screen


async def answer(context: DialogContext, text: str | None) -> None:
    """Something was written; ``text`` is None for a picture, a voice message and the like."""
    if await cards.took_reason(context, text):
        return
    await cards.forget_reason(context)
    state, data = await context.services.dialogs.get(context.user_id)
    if (
        state is DialogState.ANSWERING
        and data is not None
        and await questionnaire.type_answer(context, data.event_id, text)
    ):
        return
    if state is DialogState.WAITING_FOR_RESULT:
        await context.show(Screen(context.texts("unknown.wait")))
    elif state is None:
        await commands.unknown(context)
    else:
        await sign_up.show_current(context, context.texts("unknown.press_a_button"))


async def leave(context: DialogContext) -> None:
    """A command takes the person out of a questionnaire; its answers are kept."""
    state, _ = await context.services.dialogs.get(context.user_id)
    if state is DialogState.ANSWERING:
        await context.services.dialogs.clear(context.user_id)
