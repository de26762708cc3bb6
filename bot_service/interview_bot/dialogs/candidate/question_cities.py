"""The cities that a questionnaire asks about: the event's, and none that is closed (R9)."""

from interview_bot.admin_client.directory import Directory
from interview_bot.common.dialog_data import QuestionnaireProgress
from interview_bot.views.slots.cities import Cities, cities_of
from shared_contracts.questionnaire import Question, QuestionKind, QuestionnaireView


async def cities_to_choose(directory: Directory, question: Question, progress: QuestionnaireProgress) -> Cities:
    """The answers to a question about the city; none for any other question.

    Raises:
        AdminApiDownError, AdminApiRefusedError: nobody can say which there are.
    """
    if question.kind is not QuestionKind.CITY:
        return Cities()
    event, slots = await directory.event(progress.event_id), await directory.slots(progress.event_id)
    found = cities_of(event, slots)
    is_open = {city.id: await directory.is_city_open(city.id) for city in found.all}
    free, full = (tuple(city for city in group if is_open[city.id]) for group in (found.free, found.full))
    return Cities(free, full)


async def closed_cities(directory: Directory, view: QuestionnaireView, progress: QuestionnaireProgress) -> list[str]:
    """The keys of questions that were answered with a city which has been closed since."""
    keys = [question.key for question in view.questions if question.kind is QuestionKind.CITY]
    given = [progress.answers[key] for key in keys if key in progress.answers]
    return [answer.key for answer in given if answer.value and not await directory.is_city_open(answer.value)]
