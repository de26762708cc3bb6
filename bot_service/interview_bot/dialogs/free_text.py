"""What people write that is no command: an answer where one is waited for, else a hint at what they can do."""

from interview_bot.common.dialog_data import DialogState
from interview_bot.dialogs import commands
from interview_bot.dialogs.candidate import questionnaire, sign_up
from interview_bot.dialogs.context import Talk
from interview_bot.dialogs.recruiter import cards
from interview_bot.views.screen import Screen


async def answer(talk: Talk, text: str | None) -> None:
    """Something was written; ``text`` is None for a picture, a voice message and the like."""
    if await cards.took_reason(talk, text):
        return
    await cards.forget_reason(talk)
    state, data = await talk.tools.dialogs.get(talk.user_id)
    if (
        state is DialogState.ANSWERING
        and data is not None
        and await questionnaire.type_answer(talk, data.event_id, text)
    ):
        return
    if state is DialogState.WAITING_FOR_RESULT:
        await talk.show(Screen(talk.texts("unknown.wait")))
    elif state is None:
        await commands.unknown(talk)
    else:
        await sign_up.show_current(talk, talk.texts("unknown.press_a_button"))


async def leave(talk: Talk) -> None:
    """A command takes the person out of a questionnaire; its answers are kept."""
    state, _ = await talk.tools.dialogs.get(talk.user_id)
    if state is DialogState.ANSWERING:
        await talk.tools.dialogs.clear(talk.user_id)
