"""What became of a questionnaire's answers (R9)."""

from dataclasses import replace

from interview_bot.common.dialog_data import QuestionnaireProgress
from interview_bot.dialogs.candidate import questionnaire, sign_up
from interview_bot.dialogs.context import DialogContext
from interview_bot.views import keyboards
from interview_bot.views.screen import Screen
from shared_contracts.dialog import DialogOutcome, DialogResult
from shared_contracts.directory import Screening, ScreeningStatus
from shared_contracts.questionnaire import QuestionKind

_DECIDED = {DialogOutcome.PASSED: ScreeningStatus.PASSED, DialogOutcome.REJECTED: ScreeningStatus.REJECTED}


async def show_result(context: DialogContext, result: DialogResult) -> None:
    """Go on to the slots, end politely, or offer another try; in the message that says "saving…"."""
    event_id, user_id = result.event_id, context.user_id
    if event_id is None:
        return
    progress = await context.services.progress.for_event(user_id, event_id)
    if progress is not None and progress.request_id == str(result.request_id) and progress.message_id:
        context = replace(context, message_id=progress.message_id)  # it was shown again since
    if context.message_id is not None:
        await context.services.dialog_states.reopen_message(context.chat_id, context.message_id)
    status = _DECIDED.get(result.outcome)
    if status is None:
        await _show_failure(context, result, progress)
        return
    screening = Screening(event_id=event_id, status=status, reason=result.reason)
    await context.services.screenings.remember(user_id, screening)
    if status is ScreeningStatus.REJECTED:
        await context.services.dialog_states.clear(user_id)
        await context.show(await questionnaire.rejection_screen(context, event_id, result.reason))
    else:
        city_id = await _city_of(context, progress) if progress else None
        await sign_up.go_on(context, event_id, context.texts("questionnaire.passed"), city_id)
    await context.services.progress.forget(user_id, event_id)


async def _show_failure(context: DialogContext, result: DialogResult, progress: QuestionnaireProgress | None) -> None:
    await context.services.dialog_states.clear(context.user_id)
    if result.outcome is DialogOutcome.NOT_ALLOWED:
        if result.closed == "event":
            await sign_up.show_home(context, context.texts("home.event_closed"))
            return
        contact = keyboards.contact(await context.contact_url(), context.texts)
        await context.show(Screen(context.texts("outcome.not_allowed"), contact))
        return
    if progress is not None:  # a new try is a new request
        again = progress.model_copy(update={"request_id": None})
        await context.services.progress.put(context.user_id, again)
        if result.closed == "city":  # the city that they named, which is asked about anew
            await context.services.directory.open_cities_cache.invalidate()
            await questionnaire.begin(context, progress.event_id, progress.questionnaire)
            return
    keyboard = keyboards.sign_up(progress.event_id, context.texts) if progress else keyboards.home(context.texts)
    await context.show(Screen(context.texts("questionnaire.failed"), keyboard))


async def _city_of(context: DialogContext, progress: QuestionnaireProgress) -> str | None:
    """The city they named in the questionnaire, if they were asked."""
    view = await context.services.directory.questionnaire(progress.questionnaire)
    named = [progress.answers.get(question.key) for question in view.questions if question.kind is QuestionKind.CITY]
    return next((answer.value for answer in named if answer is not None and answer.value), None)
