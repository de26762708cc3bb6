"""The cities that a questionnaire asks about: those with free seats, and none that is closed (R9)."""

from interview_bot.admin_client.directory import Directory
from interview_bot.common.dialog_data import QuestionnaireProgress
from interview_bot.views.slots.menu import cities_of
from shared_contracts.directory import CityRef
from shared_contracts.questionnaire import Question, QuestionKind, QuestionnaireView


async def cities_to_choose(directory: Directory, question: Question, progress: QuestionnaireProgress) -> list[CityRef]:
    """The answers to a question about the city, by name; none for any other question.

    Raises:
        AdminApiDownError, AdminApiRefusedError: nobody can say which there are.
    """
    if question.kind is not QuestionKind.CITY:
        return []
    found = cities_of(await directory.slots(progress.event_id))
    return [city for city in found if await directory.is_city_open(city.id)]


async def closed_cities(directory: Directory, view: QuestionnaireView, progress: QuestionnaireProgress) -> list[str]:
    """The keys of questions that were answered with a city which has been closed since."""
    keys = [question.key for question in view.questions if question.kind is QuestionKind.CITY]
    given = [progress.answers[key] for key in keys if key in progress.answers]
    return [answer.key for answer in given if answer.value and not await directory.is_city_open(answer.value)]
