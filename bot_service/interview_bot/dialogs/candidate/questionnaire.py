"""The questionnaire that stands before an event's slots (R9): one question after the other in one message.

A press edits that message. After free text the next question comes below it as a new message, and the one above
loses its buttons: so the chat reads in order, and only one message has buttons at a time. What has been answered is
kept apart from the dialog's state (``progress``), so a command in between, or a restart, loses nothing.
"""

from dataclasses import replace
from secrets import token_hex
from uuid import UUID, uuid4

from structlog.stdlib import get_logger
from telegram import InlineKeyboardMarkup
from telegram.error import TelegramError

from interview_bot.common.dialog_data import DialogData, DialogState, QuestionnaireProgress
from interview_bot.dialogs.candidate import slot_choice
from interview_bot.dialogs.candidate.question_cities import cities_to_choose, closed_cities
from interview_bot.dialogs.context import DialogContext, Presses
from interview_bot.messaging.envelope import envelope
from interview_bot.telegram.errors import classify
from interview_bot.views import keyboards
from interview_bot.views.callback_data import Action, StaleDataError
from interview_bot.views.question_screens import question_screen, wrong_answer_text
from interview_bot.views.screen import Screen
from shared_contracts.dialog import QuestionnaireAnswered
from shared_contracts.directory import QuestionnaireRef
from shared_contracts.fields import Bilingual
from shared_contracts.questionnaire import (
    Answer,
    ChoiceEffect,
    Question,
    QuestionKind,
    QuestionnaireView,
    WrongAnswer,
    WrongAnswerError,
    choice_of,
    next_question,
    read_answer,
    rejection,
    way_through,
)
from shared_contracts.requests import ReplyTo
from shared_contracts.transport.topology import DIALOG_COMMAND

_AT_ANOTHER = {"clarifying": None, "menu": 0, "nonce": ""}
"""What changes with the question that is asked."""
_log = get_logger(__name__)


async def begin(context: DialogContext, event_id: str, published: QuestionnaireRef, lead: str | None = None) -> None:
    """Ask the first question that is still open; a version begun is finished though a newer one is published."""
    progress = await context.services.progress.for_event(context.user_id, event_id)
    if progress is None or progress.questionnaire.id != published.id:
        progress = QuestionnaireProgress(event_id=event_id, questionnaire=published)
    await _ask_next(context, progress, lead)


async def answer_by_button(context: DialogContext, nonce: str, value: str) -> None:
    """A choice's or city's button was pressed."""
    progress, view, question = await _question_of_button(context, nonce)
    await context.acknowledge()
    cities = await cities_to_choose(context.services.directory, question, progress)
    known = {city.id for city in cities.all} | {choice.key for choice in question.choices}
    if progress.clarifying is not None or value not in known:
        closed = question.kind is QuestionKind.CITY and not await context.services.directory.is_city_open(value)
        key = "question.city_closed" if closed else "wrong.not_a_choice"
        await _ask_question(context, progress, view, question, context.texts(key))
        return
    await _accept(context, progress, view, question, value)


async def skip(context: DialogContext, nonce: str) -> None:
    """An optional question is passed over."""
    progress, view, question = await _question_of_button(context, nonce)
    await context.acknowledge()
    if not question.optional or progress.clarifying is not None:
        await _ask_question(context, progress, view, question)
        return
    await _record_answer(context, progress, view, question, Answer(key=question.key, value=""))


async def back(context: DialogContext, nonce: str) -> None:
    """Back to the question before, or from a choice's extra question to the choice."""
    progress, view, _ = await _question_of_button(context, nonce)
    await context.acknowledge()
    if progress.clarifying is None:
        given = [asked.key for asked in way_through(view.questions, progress.answers) if asked.key in progress.answers]
        kept = {key: value for key, value in progress.answers.items() if key not in given[-1:]}
        progress = progress.model_copy(update={"answers": kept})
    await _ask_next(context, progress.model_copy(update=_AT_ANOTHER))


async def show_page(context: DialogContext, nonce: str, page: str) -> None:
    """Another page of the choices."""
    progress, view, question = await _question_of_button(context, nonce)
    await context.acknowledge()
    await _ask_question(context, progress.model_copy(update={"menu": int(page)}), view, question)


async def answer_by_text(context: DialogContext, event_id: str, text: str | None, message_id: int) -> bool:
    """Take free text as the answer; ``text`` is None for a message without any. False if no question waits."""
    progress = await context.services.progress.for_event(context.user_id, event_id)
    if progress is None or progress.request_id is not None:
        return False
    view = await context.services.directory.questionnaire(progress.questionnaire)
    question = next_question(view.questions, progress.answers)
    if question is None:
        return False
    answers = (question.key, progress.clarifying is not None)
    progress = progress.model_copy(update={"written": {**progress.written, message_id: answers}})
    try:
        value = await _read_text(context, progress, question, text or "")
    except WrongAnswerError as error:
        hint = wrong_answer_text(error, question, context.texts)
        await _ask_question(context, progress, view, question, hint, hint_alone=True)
        return True
    await _accept(context, progress, view, question, value)
    return True


async def answer_by_edit(context: DialogContext, event_id: str, text: str, message_id: int) -> None:
    """A message was edited: it answers its question anew while the answers are not handed in.

    The way through the questions may be another then. A wrong answer is told, and the one before it stays.
    """
    progress = await context.services.progress.for_event(context.user_id, event_id)
    if progress is None or message_id not in progress.written or progress.request_id is not None:
        return
    key, clarifies = progress.written[message_id]
    view = await context.services.directory.questionnaire(progress.questionnaire)
    shown = next_question(view.questions, progress.answers)
    question = next((asked for asked in way_through(view.questions, progress.answers) if asked.key == key), None)
    if question is None or shown is None:
        return
    clarifying = progress.answers.get(key, progress.clarifying) if clarifies else None
    again = progress.model_copy(update={"clarifying": clarifying})
    try:
        value = await _read_text(context, again, question, text)
    except WrongAnswerError as error:
        await _ask_question(context, progress, view, shown, wrong_answer_text(error, question, context.texts))
        return
    others = {asked: answer for asked, answer in progress.answers.items() if asked != key}
    again = again.model_copy(update={"answers": others})
    lead = None if question.key == shown.key else context.texts("question.answer_changed")
    await _accept(context, again, view, question, value, lead)


async def rejection_screen(context: DialogContext, event_id: str, reason: Bilingual | None) -> Screen:
    """The polite end for a person whom the questionnaire rejects, with the contact link."""
    text = context.texts("questionnaire.rejected")
    if reason is not None:
        text = context.texts("questionnaire.reason", reason=reason.in_(context.texts.language))
    rows = keyboards.contact_rows(await context.contact_url(), context.texts)
    if await _has_list(context, event_id):
        rows.append([keyboards.to_events(context.texts)])
    return Screen(text, InlineKeyboardMarkup(rows) if rows else None)


async def _has_list(context: DialogContext, event_id: str) -> bool:
    """Whether there is a list to go back to: of several events, or of one and a booking in another."""
    if len(await context.services.directory.events()) > 1:
        return True
    found = await slot_choice.found_bookings(context.services.api, context.user_id)
    return slot_choice.is_booked_elsewhere(found, event_id)


async def _question_of_button(
    context: DialogContext, nonce: str
) -> tuple[QuestionnaireProgress, QuestionnaireView, Question]:
    """The questionnaire and the question that the button belongs to.

    Raises:
        StaleDataError: not the question shown to this person now.
    """
    progress = await context.services.progress.for_button(context.user_id, nonce)
    if progress is None or progress.request_id is not None:
        raise StaleDataError
    view = await context.services.directory.questionnaire(progress.questionnaire)
    question = next_question(view.questions, progress.answers)
    if question is None:
        raise StaleDataError
    return progress, view, question


async def _read_text(context: DialogContext, progress: QuestionnaireProgress, question: Question, text: str) -> str:
    if progress.clarifying is not None:
        extra = Question(key=question.key, kind=QuestionKind.TEXT, text=question.text)
        return read_answer(extra, text)
    if question.kind is not QuestionKind.CITY:
        return read_answer(question, text)
    wanted = " ".join(text.split()).casefold()
    cities = await cities_to_choose(context.services.directory, question, progress)
    found = [city.id for city in cities.all if city.name.casefold() == wanted]
    if not found:
        raise WrongAnswerError(WrongAnswer.NOT_A_CHOICE)
    return found[0]


async def _accept(
    context: DialogContext,
    progress: QuestionnaireProgress,
    view: QuestionnaireView,
    question: Question,
    value: str,
    lead: str | None = None,
) -> None:
    """Take a valid answer, and ask what follows from it."""
    clarified = progress.clarifying
    if clarified is not None:
        clear = clarified.model_copy(update={"clarification": value})
        await _record_answer(context, progress, view, question, clear, lead)
        return
    answer, choice = Answer(key=question.key, value=value), choice_of(question, value)
    if choice is not None and choice.effect is ChoiceEffect.CLARIFY:
        clarifying = progress.model_copy(update=_AT_ANOTHER | {"clarifying": answer})
        await _ask_question(context, clarifying, view, question)
        return
    await _record_answer(context, progress, view, question, answer, lead)


async def _record_answer(
    context: DialogContext,
    progress: QuestionnaireProgress,
    view: QuestionnaireView,
    question: Question,
    answer: Answer,
    lead: str | None = None,
) -> None:
    answers = progress.answers | {question.key: answer}
    asked = {asked.key for asked in way_through(view.questions, answers)}  # an edit may have led to another branch
    answers = {key: given for key, given in answers.items() if key in asked}
    progress = progress.model_copy(update=_AT_ANOTHER | {"answers": answers})
    if rejection(question, answer) is not None:
        await _submit(context, progress, rejected_by=question.key)
    else:
        await _ask_next(context, progress, lead)


async def _ask_next(context: DialogContext, progress: QuestionnaireProgress, lead: str | None = None) -> None:
    view = await context.services.directory.questionnaire(progress.questionnaire)
    if closed := await closed_cities(context.services.directory, view, progress):
        kept = {key: given for key, given in progress.answers.items() if key not in closed}
        progress = progress.model_copy(update=_AT_ANOTHER | {"answers": kept})
        lead = context.texts("question.city_closed")
    refused_by = next((q.key for q in view.questions if _rejects(q, progress)), None)
    question = next_question(view.questions, progress.answers)
    if refused_by is not None or question is None:
        await _submit(context, progress, refused_by)
    else:
        await _ask_question(context, progress, view, question, lead)


def _rejects(question: Question, progress: QuestionnaireProgress) -> bool:
    given = progress.answers.get(question.key)
    return given is not None and rejection(question, given) is not None


async def _ask_question(
    context: DialogContext,
    progress: QuestionnaireProgress,
    view: QuestionnaireView,
    question: Question,
    lead: str | None = None,
    *,
    hint_alone: bool = False,
) -> None:
    """Show the question below ``lead``, or after a wrong answer ``lead`` alone, since the question stands above.

    Its buttons stay valid when it is asked again; those of other questions do nothing.
    """
    cities = await cities_to_choose(context.services.directory, question, progress)
    if question.kind is QuestionKind.CITY and not cities and not question.optional:
        screen = Screen(context.texts("slots.none"), keyboards.contact(await context.contact_url(), context.texts))
    else:
        progress = progress.model_copy(update={"nonce": progress.nonce or token_hex(4)})
        has_list = not progress.answers and await _has_list(context, progress.event_id)
        screen = question_screen(view, question, progress, cities, context.texts, other_events=has_list)
    screen = Screen(lead, screen.keyboard) if lead and hint_alone else screen.with_lead(lead)
    shown = await replace(context, interrupts=False).show(screen)
    await _remember_message(context, progress, shown)
    await context.services.dialog_states.put(
        context.user_id, DialogState.ANSWERING, DialogData(event_id=progress.event_id)
    )


async def _remember_message(context: DialogContext, progress: QuestionnaireProgress, shown: int | None) -> None:
    """Remember which message shows the question (None while it waits for room); the one before loses its buttons."""
    before = progress.message_id
    progress = progress.model_copy(update={"message_id": shown})
    await context.services.progress.put(context.user_id, progress)
    if before is not None and before != shown:
        try:
            await context.services.outgoing.remove_keyboard(context.chat_id, before)
        except TelegramError as error:  # pressing one of its buttons is answered with the present question
            _log.info("old_question_keeps_buttons", trouble=classify(error).value)


async def _submit(context: DialogContext, progress: QuestionnaireProgress, rejected_by: str | None) -> None:
    """Hand the answers in: stored first, then sent. The result is shown in the same message, however late it comes.

    The request's id is kept with the answers, so that handing them in again before the decision is the same request.
    """
    request_id = UUID(progress.request_id) if progress.request_id else uuid4()
    progress = progress.model_copy(update={"request_id": str(request_id)})
    shown = await context.show_and_get_id(Screen(context.texts("questionnaire.saving")))
    await _remember_message(context, progress, shown)
    await context.services.dialog_states.close_message(context.chat_id, shown)
    await context.services.dialog_states.put(
        context.user_id, DialogState.WAITING_FOR_RESULT, DialogData(event_id=progress.event_id)
    )
    command = QuestionnaireAnswered(
        **envelope(request_id),
        user_telegram_id=context.user_id,
        reply=ReplyTo(chat_id=context.chat_id, message_id=shown),
        event_id=progress.event_id,
        questionnaire_id=progress.questionnaire.id,
        version=progress.questionnaire.version,
        answers=list(progress.answers.values()),
        rejected_by=rejected_by,
    )
    row = await context.services.outbox.store(DIALOG_COMMAND, command)
    if row is None or not await context.services.outbox.publish(row):
        await replace(context, message_id=shown).try_edit(Screen(context.texts("questionnaire.waits")))


PRESSES: Presses = {
    Action.ANSWER: answer_by_button,
    Action.SKIP: skip,
    Action.QUESTION_BACK: back,
    Action.QUESTION_PAGE: show_page,
}
