"""Message templates at the desk (R5)."""

import re

import pytest
from bson import ObjectId
from django.test import Client
from django.urls import reverse

from message_templates.models import MessageTemplate
from message_templates.services.variables import TEMPLATE_VARIABLES
from people.models import City, Recruiter
from shared_contracts.notification import NotificationKind
from tests.desk.conftest import Text
from tests.helpers.staff_client import StaffClient, unseen

GOOD = "<b>{name}</b>\n{date} {time}, {minutes} мин\n{place}"
BUBBLE = re.compile(r'<div class="wording-bubble">(.*?)</div>', re.DOTALL)


def url(name: str, template: MessageTemplate | ObjectId) -> str:
    key = template.pk if isinstance(template, MessageTemplate) else template
    return reverse(f"admin:wording_messagetemplate_{name}", args=[key])


def own_text(desk: Client, default: MessageTemplate, city: City, text: str = GOOD) -> MessageTemplate:
    response = desk.post(url("own_text", default), {"city": str(city.pk), "text": text})
    assert response.status_code == 302, response.content.decode()
    return MessageTemplate.objects.get(city=city, language=default.language)


def test_the_list_goes_by_kind_with_the_defaults_and_the_cities_own(
    desk: Client, text: Text, congratulation: MessageTemplate, moscow: City
) -> None:
    own = own_text(desk, congratulation, moscow)
    page = text(reverse("admin:wording_messagetemplate_changelist"))
    rows = [row for row in page.split("<tr>") if "The recruiter approved<" in row]
    assert len(rows) == 1 and "Москва" in rows[0]
    assert url("change", congratulation) in rows[0] and url("change", own) in rows[0]
    assert page.count("Russian</a>") == len(NotificationKind)


def test_a_text_is_changed_with_the_line_ends_of_browsers_taken_out(
    desk: Client, congratulation: MessageTemplate
) -> None:
    order = {"text": GOOD.replace("\n", "\r\n")}
    assert desk.post(url("change", congratulation), order).status_code == 302
    congratulation.refresh_from_db()
    assert (congratulation.text, congratulation.version) == (GOOD, 2)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{date} {time} {minutes} {place} {imya}", "There is no such variable: {imya}"),
        ("{date} {time}", "The reader would miss {minutes}, {place}"),
        (GOOD + "<b>x", "Can&#x27;t find end tag corresponding to start tag &quot;b&quot;"),
        ("", "This field is required"),
        ("x" * 3_001, "At most 3000 characters"),
    ],
)
def test_a_text_that_can_not_be_sent_is_shown_with_the_reason_and_not_saved(
    desk: Client, congratulation: MessageTemplate, text: str, told: str
) -> None:
    response = desk.post(url("change", congratulation), {"text": text})
    assert told in response.content.decode()
    assert MessageTemplate.objects.get(pk=congratulation.pk).version == 1


def test_a_page_that_is_out_of_date_saves_nothing(desk: StaffClient, congratulation: MessageTemplate) -> None:
    opened = unseen(desk.get(url("change", congratulation)))
    desk.post(url("change", congratulation), {"text": GOOD})
    response = desk.post(url("change", congratulation), {"text": GOOD + "!"}, opened=opened)
    assert "Now: " in response.content.decode() and "staff anna" in response.content.decode()
    assert MessageTemplate.objects.get(pk=congratulation.pk).text == GOOD


def test_the_page_lists_the_variables_and_marks_those_that_must_be_named(
    text: Text, congratulation: MessageTemplate
) -> None:
    page = text(url("change", congratulation))
    assert page.count("data-variable=") == len(TEMPLATE_VARIABLES)
    assert page.count("must be named") == 4


def test_the_preview_shows_both_languages_as_a_city_gets_them(
    desk: Client, text: Text, congratulation: MessageTemplate, olga: Recruiter
) -> None:
    vladivostok = City.objects.create(
        name="Владивосток", timezone="Asia/Vladivostok", contact_url="https://t.me/vlad_hr"
    )
    own_text(desk, congratulation, vladivostok, GOOD + "\n{contact_link}")
    russian, english = BUBBLE.findall(text(f"{url('preview', congratulation)}?city={vladivostok.pk}"))
    assert russian.startswith("<b>Мария</b>") and "11:30 (Владивосток), 20 мин" in russian
    assert '<a href="https://t.me/vlad_hr">https://t.me/vlad_hr</a>' in russian
    assert english.startswith("<b>Congratulations, Maria!</b>") and "11:30 (Владивосток)" in english
    there = text(f"{url('preview', congratulation)}?city={olga.city_id}")
    assert "Ольга Смирнова" in there and "11:30, " in there


def test_an_unsaved_text_is_previewed_and_nothing_is_saved(
    desk: Client, congratulation: MessageTemplate, moscow: City
) -> None:
    order = {"text": GOOD + "\r\n<i>ждём вас, {city}</i>", "city": str(moscow.pk)}
    shown = desk.post(url("preview", congratulation), order).content.decode()
    assert "<i>ждём вас, Москва</i>" in shown
    refused = desk.post(url("preview", congratulation), {"text": GOOD + "<script>"}).content.decode()
    assert "wording-error" in refused and "&quot;script&quot;" in refused
    assert MessageTemplate.objects.get(pk=congratulation.pk).version == 1


def test_the_preview_holds_nothing_but_telegrams_tags(
    desk: Client, congratulation: MessageTemplate, moscow: City
) -> None:
    """Guard: ``_shown`` writes the HTML anew from what Telegram reads."""
    City.objects.filter(pk=moscow.pk).update(name="<script>alert(1)</script>")
    text = GOOD + "\n<b onclick='alert(1)'>{city}</b> <a href='javascript:alert(1)'>жми</a> &lt;img&gt;"
    shown = desk.post(url("preview", congratulation), {"text": text, "city": str(moscow.pk)}).content.decode()
    assert "<b>&lt;script&gt;alert(1)&lt;/script&gt;</b> жми &lt;img&gt;" in shown
    assert "onclick" not in shown and "javascript" not in shown


def test_the_history_tells_who_changed_what_and_restores(
    desk: Client, text: Text, congratulation: MessageTemplate
) -> None:
    first = congratulation.text
    desk.post(url("change", congratulation), {"text": GOOD})
    page = text(url("revisions", congratulation))
    assert "staff anna" in page and "came with the product" in page
    assert "<ins>{date} {time}, {minutes} мин</ins>" in page and "<del>📍 {city}, {place}</del>" in page
    assert "<ins>&lt;b&gt;{name}&lt;/b&gt;</ins>" in page
    assert page.count('name="number"') == 1
    desk.post(url("revisions", congratulation), {"seen_version": 2, "number": "1"})
    congratulation.refresh_from_db()
    assert (congratulation.text, congratulation.version) == (first, 3)
    assert "from version 1" in text(url("revisions", congratulation))


@pytest.mark.parametrize("number", ["", "x", "²", "99", "-1", "9" * 30])
def test_a_garbled_restore_changes_nothing(desk: Client, congratulation: MessageTemplate, number: str) -> None:
    order = {"seen_version": 1, "number": number}
    assert desk.post(url("revisions", congratulation), order).status_code == 302
    assert MessageTemplate.objects.get(pk=congratulation.pk).version == 1


def test_a_city_gets_its_own_text_and_goes_back_to_the_default(
    desk: Client, text: Text, congratulation: MessageTemplate, moscow: City
) -> None:
    own = own_text(desk, congratulation, moscow)
    assert "Москва</option>" not in text(url("own_text", congratulation)), "one city, one text"
    assert own.text == GOOD
    assert "get the default text" in text(url("back_to_default", own))
    assert MessageTemplate.objects.filter(pk=own.pk).exists(), "looking changes nothing"
    desk.post(url("back_to_default", own), {"seen_version": 1})
    assert not MessageTemplate.objects.filter(pk=own.pk).exists()


def test_buttons_are_there_only_where_they_do_something(
    desk: Client, text: Text, congratulation: MessageTemplate, moscow: City
) -> None:
    own = own_text(desk, congratulation, moscow)
    default_page, own_page = text(url("change", congratulation)), text(url("change", own))
    assert url("own_text", congratulation) in default_page and "back-to-default" not in default_page
    assert url("back_to_default", own) in own_page and "own-text" not in own_page
    response = desk.post(url("own_text", own), {"city": str(moscow.pk), "text": GOOD})
    assert MessageTemplate.objects.filter(city=moscow).count() == 1, response.status_code


def test_texts_are_neither_added_nor_deleted_by_hand(desk: Client, congratulation: MessageTemplate) -> None:
    assert desk.get("/admin/wording/messagetemplate/add/").status_code == 403
    assert desk.post(url("delete", congratulation), {"post": "yes"}).status_code == 403
    assert (
        "A default always stays"
        in desk.post(url("back_to_default", congratulation), {"seen_version": 1}).content.decode()
    )


@pytest.mark.parametrize("garbled", ["x", "6b0210a10ebbd9947507d2a0", "%00"])
def test_a_garbled_address_is_no_page_but_no_crash(desk: Client, congratulation: MessageTemplate, garbled: str) -> None:
    base = reverse("admin:wording_messagetemplate_changelist")
    for tail in ("change/", "preview/", "versions/", "own-text/", "back-to-default/"):
        assert desk.get(f"{base}{garbled}/{tail}").status_code in {302, 404}, tail
    assert desk.get(f"{url('preview', congratulation)}?city={garbled}").status_code == 404
