"""A command in the middle of a question that is answered by typing: it leads back, and what is typed still counts."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

from interview_bot.common import clock
from interview_bot.common.dialog_data import DialogData, DialogState
from interview_bot.dialogs.candidate import sign_up
from interview_bot.dialogs.context import DialogContext, Presses
from interview_bot.dialogs.recruiter import cards, open_requests
from interview_bot.views.callback_data import Action


@asynccontextmanager
async def interrupting(context: DialogContext) -> AsyncIterator[DialogContext]:
    """The command's context: what it shows leads back to the question, which waits on unless another is asked."""
    states = context.services.dialog_states
    state, data = await states.get(context.user_id)
    if state is None or not _awaits_text(state, data) or data is None:
        yield context
        return
    yield replace(context, interrupts=True)
    if not _awaits_text(*await states.get(context.user_id)):
        await states.put(context.user_id, state, data)


async def go_on(context: DialogContext) -> None:
    """Continue was pressed: the question again, in this message, or the step that has followed since."""
    state, data = await context.services.dialog_states.get(context.user_id)
    if state is DialogState.WAITING_FOR_REASON and data is not None and data.rejecting is not None:
        await cards.ask_reason_again(context, data)
    elif context.person is None:
        await open_requests.show_requests(context)
    else:
        await sign_up.show_current_step(context)


def _awaits_text(state: DialogState | None, data: DialogData | None) -> bool:
    if state is DialogState.WAITING_FOR_REASON:
        return data is not None and data.rejecting is not None and data.rejecting.until > clock.now()
    return state is DialogState.ANSWERING


PRESSES: Presses = {
    Action.CONTINUE: go_on,
}
