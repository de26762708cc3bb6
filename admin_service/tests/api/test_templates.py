"""``GET /api/templates`` (R5)."""

from django.test import Client

from message_templates.models import MessageTemplate
from message_templates.services.templates import make_own_text, save_text
from people.models import City
from shared_contracts.notification import NotificationKind
from shared_contracts.texts.message_templates import LANGUAGES, TemplateList, choose

TEXT = "{date} {time} {minutes} {place}"


def templates(bot: Client) -> TemplateList:
    response = bot.get("/api/templates")
    assert response.status_code == 200, response.content
    return TemplateList.model_validate_json(response.content)


def test_the_defaults_are_complete_and_a_citys_own_comes_with_them(
    bot: Client, congratulation: MessageTemplate, moscow: City
) -> None:
    assert len(templates(bot).results) == len(NotificationKind) * len(LANGUAGES)
    make_own_text(NotificationKind.BOOKING_APPROVED, "ru", moscow.pk, TEXT, actor="anna")
    found = templates(bot).results
    own = choose(found, NotificationKind.BOOKING_APPROVED, "ru", str(moscow.pk))
    assert own and (own.text, own.version, own.city_id) == (TEXT, 1, str(moscow.pk))
    other = choose(found, NotificationKind.BOOKING_APPROVED, "en", str(moscow.pk))
    assert other and other.city_id is None


def test_who_has_them_already_is_told_so_until_one_changes(bot: Client, congratulation: MessageTemplate) -> None:
    etag = bot.get("/api/templates").headers["ETag"]
    assert bot.get("/api/templates", headers={"If-None-Match": etag}).status_code == 304
    save_text(str(congratulation.pk), TEXT, seen_version=1, actor="anna")
    assert bot.get("/api/templates", headers={"If-None-Match": etag}).status_code == 200
