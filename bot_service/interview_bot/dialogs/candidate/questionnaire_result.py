"""What became of a questionnaire's answers (R9)."""

from dataclasses import replace

from interview_bot.common.dialog_data import QuestionnaireProgress
from interview_bot.dialogs.candidate import questionnaire, sign_up
from interview_bot.dialogs.context import Talk
from interview_bot.views import keyboards
from interview_bot.views.screen import Screen
from shared_contracts.dialog import DialogOutcome, DialogResult
from shared_contracts.directory import Screening, ScreeningStatus
from shared_contracts.questionnaire import QuestionKind

_DECIDED = {DialogOutcome.PASSED: ScreeningStatus.PASSED, DialogOutcome.REJECTED: ScreeningStatus.REJECTED}


async def show_result(talk: Talk, result: DialogResult) -> None:
    """Go on to the slots, end politely, or offer another try; in the message that says "saving…"."""
    event_id, user_id = result.event_id, talk.user_id
    if event_id is None:
        return
    progress = await talk.tools.progress.of_event(user_id, event_id)
    if progress is not None and progress.request_id == str(result.request_id) and progress.message_id:
        talk = replace(talk, message_id=progress.message_id)  # it was shown again since
    if talk.message_id is not None:
        await talk.tools.dialogs.reopen_message(talk.chat_id, talk.message_id)
    status = _DECIDED.get(result.outcome)
    if status is None:
        await _show_failure(talk, result, progress)
        return
    screening = Screening(event_id=event_id, status=status, reason=result.reason)
    await talk.tools.screenings.remember(user_id, screening)
    if status is ScreeningStatus.REJECTED:
        await talk.tools.dialogs.clear(user_id)
        await talk.show(await questionnaire.rejected(talk, result.reason))
    else:
        city_id = await _city_of(talk, progress) if progress else None
        await sign_up.enter(talk, event_id, talk.texts("questionnaire.passed"), city_id)
    await talk.tools.progress.forget(user_id, event_id)


async def _show_failure(talk: Talk, result: DialogResult, progress: QuestionnaireProgress | None) -> None:
    await talk.tools.dialogs.clear(talk.user_id)
    if result.outcome is DialogOutcome.NOT_ALLOWED:
        contact = keyboards.contact(await talk.contact_url(), talk.texts)
        await talk.show(Screen(talk.texts("outcome.not_allowed"), contact))
        return
    if progress is not None:  # a new try is a new request
        again = progress.model_copy(update={"request_id": None})
        await talk.tools.progress.put(talk.user_id, again)
    keyboard = keyboards.sign_up(progress.event_id, talk.texts) if progress else keyboards.home(talk.texts)
    await talk.show(Screen(talk.texts("questionnaire.failed"), keyboard))


async def _city_of(talk: Talk, progress: QuestionnaireProgress) -> str | None:
    """The city they named on the way, if they were asked."""
    view = await talk.tools.directory.questionnaire(progress.questionnaire)
    named = [progress.answers.get(question.key) for question in view.questions if question.kind is QuestionKind.CITY]
    return next((answer.value for answer in named if answer is not None and answer.value), None)
