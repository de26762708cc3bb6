"""How a questionnaire's question looks (R9)."""

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from interview_bot.common.dialog_data import QuestionnaireProgress
from interview_bot.views import keyboards
from interview_bot.views.callback_data import Action, pack
from interview_bot.views.screen import Screen
from interview_bot.views.slots.cities import Cities
from interview_bot.views.texts import Texts
from shared_contracts.fields import Bilingual
from shared_contracts.questionnaire import (
    Question,
    QuestionKind,
    QuestionnaireView,
    WrongAnswer,
    WrongAnswerError,
    choice_of,
    way_through,
)

HAS_BUTTONS = frozenset({QuestionKind.CHOICE, QuestionKind.CITY})


def question_screen(
    view: QuestionnaireView,
    question: Question,
    progress: QuestionnaireProgress,
    cities: Cities,
    texts: Texts,
    *,
    other_events: bool = False,
) -> Screen:
    """The question with where it stands among the others, help with the answer, and its buttons.

    ``other_events``: there is a list of events to go back to before the first question.
    """
    way = way_through(view.questions, progress.answers)
    number = [asked.key for asked in way].index(question.key) + 1
    title = texts("question.title", title=_in(view.title, texts), number=number, count=len(way))
    clarified = choice_of(question, progress.clarifying.value) if progress.clarifying else None
    if clarified is not None and clarified.text is not None:
        parts = [title, texts("question.text", text=_in(clarified.text, texts))]
        return Screen("\n\n".join(parts), _keyboard([], progress, [_back(progress, texts)], skip=False, texts=texts))
    parts = [title, texts("question.text", text=_in(question.text, texts)), *_help(question, texts)]
    if question.kind in HAS_BUTTONS:
        parts.append(texts("question.press"))
    choices = [
        InlineKeyboardButton(label, callback_data=pack(Action.ANSWER, progress.nonce, value))
        for value, label in _choices(question, cities, texts)
    ]
    before = [_back(progress, texts)] if number > 1 else [keyboards.to_events(texts)] if other_events else []
    keyboard = _keyboard(choices, progress, before, skip=question.optional, texts=texts)
    return Screen("\n\n".join(parts), keyboard)


def questions_first(event_id: str, texts: Texts) -> Screen:
    """Somebody who was about to book is told that the event has questions to answer now, with the way to them."""
    data = pack(Action.SIGN_UP, event_id)
    button = InlineKeyboardButton(texts.plain("button.answer_questions"), callback_data=data)
    return Screen(texts("questionnaire.comes_first"), keyboards.column([button]))


def wrong_answer_text(error: WrongAnswerError, question: Question, texts: Texts) -> str:
    """What is wrong with an answer, in its own words; of a number the question's own hint, where it has one."""
    if error.why is WrongAnswer.NOT_A_NUMBER and question.hint:
        return "\n".join([texts("wrong.in_digits"), *_help(question, texts)])
    limit = error.limit
    if error.why in {WrongAnswer.TOO_EARLY, WrongAnswer.TOO_LATE}:
        limit = ".".join(reversed(limit.split("-")))
    return texts(f"wrong.{error.why.value}", limit=limit)


def _choices(question: Question, cities: Cities, texts: Texts) -> list[tuple[str, str]]:
    if question.kind is QuestionKind.CITY:
        return cities.options(texts)
    return [(choice.key, _in(choice.label, texts)) for choice in question.choices]


def _help(question: Question, texts: Texts) -> list[str]:
    lines = []
    if question.hint:
        lines.append(texts("question.hint", text=_in(question.hint, texts)))
    if question.example:
        lines.append(texts("question.example", text=_in(question.example, texts)))
    return ["\n".join(lines)] if lines else []


def _keyboard(
    choices: list[InlineKeyboardButton],
    progress: QuestionnaireProgress,
    before: list[InlineKeyboardButton],
    *,
    skip: bool,
    texts: Texts,
) -> InlineKeyboardMarkup | None:
    nonce = progress.nonce
    rows = keyboards.menu_rows(choices, progress.menu, lambda page: pack(Action.QUESTION_PAGE, nonce, str(page)), texts)
    if skip:
        rows.append([InlineKeyboardButton(texts.plain("button.skip"), callback_data=pack(Action.SKIP, nonce))])
    if before:
        rows.append(before)
    return InlineKeyboardMarkup(rows) if rows else None


def _back(progress: QuestionnaireProgress, texts: Texts) -> InlineKeyboardButton:
    return InlineKeyboardButton(texts.plain("button.back"), callback_data=pack(Action.QUESTION_BACK, progress.nonce))


def _in(text: Bilingual, texts: Texts) -> str:
    return text.in_(texts.language)
