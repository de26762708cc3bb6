"""Many people from a table (R10): what is shown before anything is stored, and that just this is stored."""

import base64
import csv
import html
import io
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils.translation import override

from common.models import AuditEntry
from messaging.models import OutboxMessage
from people.models import Candidate, City, Invitation
from people.services.bulk import MOST_ROWS
from people.services.tokens import digest
from people.staff.forms import LARGEST_FILE
from scheduling.services.staff_commands import book_for
from staffkit.tables.writing import lines
from tests.conftest import MakeSlot
from tests.desk.test_invitation_pages import IMPORT, LINK, LIST, exported
from tests.helpers.staff_client import StaffClient


@pytest.fixture
def booking_of_maria(make_slot: MakeSlot, maria: Candidate) -> None:
    book_for(maria.telegram_id, str(make_slot().pk), actor="anna", reason="")


CANDIDATES, BOOKINGS = "admin:people_candidate_changelist", "admin:scheduling_booking_changelist"


def previewed(desk: StaffClient, text: str = "", **fields: Any) -> str:
    """What the desk says to a table."""
    order = {"_confirm": "1", "text": text, "days": "7", "note": "", **fields}
    return str(desk.post(reverse(IMPORT), order).content.decode())


def carried(preview: str) -> dict[str, str]:
    """What the form of a preview carries."""
    form = preview[preview.index("data-once") :]
    hidden = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', form[: form.index("</form>")])
    return {name: html.unescape(value) for name, value in hidden}


def confirmed(desk: StaffClient, preview: str | dict[str, str], **fields: str) -> str:
    """What comes of pressing; of the page, or of what it carries."""
    sent = {**(carried(preview) if isinstance(preview, str) else preview), **fields}
    return str(desk.post(reverse(IMPORT), sent, follow=True, opened=sent).content.decode())


def imported(desk: StaffClient, text: str = "", **fields: Any) -> str:
    """Both."""
    return confirmed(desk, previewed(desk, text, **fields))


def part(preview: str, fate: str) -> str:
    """What the preview says of the rows that this comes of."""
    found = re.search(rf'id="fate-{fate}">(.*?)</table>', preview, re.S)
    return " ".join(re.sub(r"<[^>]+>", " ", found[1]).split()) if found else ""


def file(content: str | bytes, encoding: str = "utf-8", name: str = "people.csv") -> dict[str, Any]:
    return {"file": SimpleUploadedFile(name, content.encode(encoding) if isinstance(content, str) else content)}


def downloaded(page: str) -> dict[str, str]:
    """The links in the file that a page holds, by name."""
    (content,) = re.findall(r'href="data:text/csv;charset=utf-8;base64,([^"]+)" download', page)
    rows = csv.DictReader(io.StringIO(base64.b64decode(content).decode("utf-8-sig")))
    return {row["Name"]: row["Link"] for row in rows}


GOOD = """Имя;Фамилия;Город;username;telegram_id
Мария;Петрова;москва;@Maria_P;
Иван;;;;4242
;;Москва;gleb_s;
"""


@pytest.mark.parametrize("way", ["pasted", "utf-8", "cp1251"])
def test_a_table_becomes_candidates_with_links(desk: StaffClient, moscow: City, way: str) -> None:
    preview = (
        previewed(desk, GOOD, note="ярмарка") if way == "pasted" else previewed(desk, **file(GOOD, way), note="ярмарка")
    )
    assert "Мария Петрова @Maria_P" in part(preview, "add") and "3 people are added" in part(preview, "add")
    assert not Candidate.objects.exists() and not Invitation.objects.exists(), "nothing is stored by looking"
    page = confirmed(desk, preview)
    assert "3 links made" in page
    maria = Candidate.objects.get(first_name="Мария")
    assert (maria.last_name, maria.city, maria.awaited_username) == ("Петрова", moscow, "maria_p")
    assert Candidate.objects.get(first_name="Иван").telegram_id == 4242
    assert set(Invitation.objects.values_list("note", flat=True)) == {"ярмарка"}
    assert AuditEntry.objects.filter(action="created").count() == 6
    assert OutboxMessage.objects.count() == 1, "the bot is told once"

    links = downloaded(page)
    assert set(links) == {"Мария Петрова", "Иван", "'@gleb_s"}
    hashes = {digest(link.removeprefix(LINK)) for link in links.values()}
    assert hashes == set(Invitation.objects.values_list("token_hash", flat=True))

    batch = Invitation.objects.values_list("batch", flat=True).first()
    assert LINK not in desk.get(f"{reverse(LIST)}?batch={batch}").content.decode(), "shown once"
    rows = exported(desk, f"&batch={batch}")
    assert {row["Full name"] for row in rows} == set(links) and next(iter(rows[0])) == "Full name"
    assert not any(LINK in cell for row in rows for cell in row.values())


def test_pressed_twice_it_is_done_once(desk: StaffClient) -> None:
    """Guard: ``send_once``."""
    preview = previewed(desk, "имя\nИван")
    confirmed(desk, preview)
    assert "done once" in confirmed(desk, preview)
    assert Candidate.objects.count() == 1


@pytest.mark.parametrize("change", ["entry", "table", "days"])
def test_what_is_not_as_it_was_shown_is_shown_again(desk: StaffClient, maria: Candidate, change: str) -> None:
    """Guard: ``is_as_shown`` of the plan and its terms."""
    preview = previewed(desk, f"имя,telegram_id\nМаша,{maria.telegram_id}")
    assert "first name: Мария → Маша" in part(preview, "change")
    sent = {"days": "300"} if change == "days" else {}
    if change == "table":
        sent = {"table": carried(preview)["table"].replace("Маша", "Даша")}
    if change == "entry":
        Candidate.objects.update(first_name="Марья")
    again = confirmed(desk, preview, **sent)
    assert "Here it is as it is now" in again and ("Марья → Маша" in part(again, "change")) is (change == "entry")
    maria.refresh_from_db()
    assert maria.first_name == ("Марья" if change == "entry" else "Мария")
    confirmed(desk, again)
    maria.refresh_from_db()
    assert maria.first_name == ("Даша" if change == "table" else "Маша")


def test_on_the_way_back_the_pasted_table_is_still_there(desk: StaffClient) -> None:
    page = confirmed(desk, previewed(desk, "имя\nИван", note="ярмарка"), again="1")
    assert re.search(r"<textarea[^>]*>\s*имя\nИван</textarea>", page) and 'value="ярмарка"' in page
    assert not Candidate.objects.exists()


@pytest.mark.parametrize("username", ["", "masha_new"])
def test_a_name_that_is_on_the_list_is_said_to_be(desk: StaffClient, maria: Candidate, username: str) -> None:
    """It may be the same person by another account. Guard: ``names`` in ``_add``."""
    table = f"имя,фамилия,username\n{maria.first_name},{maria.last_name},{username}\nГлеб,Серов,gleb_s"
    added = part(previewed(desk, table), "add")
    assert added.count("somebody of this name is on the list already") == 1


def test_good_rows_do_not_wait_for_bad_ones(desk: StaffClient, moscow: City) -> None:
    preview = previewed(desk, "имя,фамилия,город\nИван,,Москва\nПётр,,Омскк\nИван, Петров,мл.,Москва")
    refused = part(preview, "refuse")
    assert "Row 3, город: there is no city “Омскк”" in refused
    assert "Row 4: there are more cells than headings: “Москва”" in refused
    assert "1 link made" in confirmed(desk, preview)
    assert list(Candidate.objects.values_list("first_name", "city")) == [("Иван", moscow.pk)]


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("имя\n\u200b", "Give a header and 1 to"),
        ("имя,город\nИван,Омскк", "Row 2, город: there is no city “Омскк”"),
        ("имя,username\nИван,ivan ivanov", "Row 2, username: A username has 4–32"),
        ("имя,username\nИван,123456", "Row 2, username: this is a number"),
        ("имя,telegram_id\nИван,x42", "Row 2, telegram_id: not a number"),
        ("имя,telegram_id\nИван,@ivan", "Row 2, telegram_id: not a number"),
        ("имя,telegram_id\nИван,7.12346E+11", "Row 2, telegram_id: the spreadsheet has shortened"),
        ("имя,telegram_id\nИван,0", "Row 2, telegram_id: Ensure this value"),
        ("имя,фамилия\n,Сидоров", "Row 2, имя: This field is required"),
        ("имя,telegram_id\nИван,55\nПётр,55", "Row 3, telegram_id: given in several rows"),
        ("имя,username\nИван,ivan\nПётр,@IVAN", "Row 3, username: given in several rows"),
        (f"имя\n{'Иван' * 20}", "Row 2, имя: Ensure this value has at most 64"),
        ("имя,роль\nИван,рекрутер", "Row 2, роль: only candidates"),
        (f"имя,метки\nИван,{'x' * 33}", "Row 2, метки: tags are short words"),
        ("имя,candidate_id\nИван,6b0210a10ebbd9947507d2a0", "Row 2, candidate_id: there is no such candidate"),
        ("имя,telegram_id,username\nИван,1001,olgas", "Row 2: id and username belong to different entries"),
        ("имя,username\nМарья,maria_p", "Row 2, username: @maria_p is Мария Петрова, who is in already"),
        ("имя,telegram_id\nЛев,1666", "Row 2: was taken off the list"),
        ("имя,username\nЛев,LEV_X", "Row 2, username: was taken off the list"),
    ],
)
def test_a_wrong_row_is_named_with_its_column_and_adds_nobody(
    desk: StaffClient, moscow: City, maria: Candidate, table: str, message: str
) -> None:
    """Guards: ``plan_import`` and what it calls."""
    Candidate.objects.create(first_name="Ольга", username="olgas")
    Candidate.objects.create(first_name="Лев", telegram_id=1666, username="lev_x", is_allowed=False)
    page = previewed(desk, table)
    assert message in html.unescape(page)
    assert "Add and invite" not in page


@pytest.mark.parametrize(
    ("table", "fate", "message"),
    [
        ("имя,telegram_id\nМария,1001", "same", "1 row says nothing new"),
        ("имя,telegram_id,username\nМария,1001,@MARIA_P", "same", "1 row says nothing new"),
        ("telegram_id,город\n1001,", "same", "1 row says nothing new"),
        ("telegram_id,фамилия\n1001,Ким", "change", "last name: Петрова → Ким"),
        ("telegram_id,метки\n1001,VIP;второй этап", "change", "tags: — → vip, второй этап"),
        ("username,telegram_id\n@olgas,555", "change", "Telegram id: — → 555"),
        ("username,имя\nhttps://t.me/OlgaS,Оля", "change", "first name: Ольга → Оля"),
        ("имя,telegram_id\nИван,55\nИван,55", "same", "Row 3: the same as row 2, so taken once"),
        ("имя\nИван\nИван", "same", "Row 3: the same as row 2, so taken once"),
        ("имя,фамилия\nОльга,", "add", "Row 2: somebody of this name is on the list already"),
    ],
)
def test_who_is_known_already_is_not_added_again(
    desk: StaffClient, maria: Candidate, table: str, fate: str, message: str
) -> None:
    """Guards: ``meant_by``, ``_tell_doubles``."""
    Candidate.objects.create(first_name="Ольга", username="olgas")
    assert message in part(previewed(desk, table), fate)


def test_a_change_alone_makes_no_link_and_is_in_the_trail(desk: StaffClient, maria: Candidate) -> None:
    page = imported(desk, f"telegram_id,фамилия\n{maria.telegram_id},Ким")
    assert "1 entry changed" in page and not Invitation.objects.exists()
    maria.refresh_from_db()
    assert (maria.first_name, maria.last_name) == ("Мария", "Ким")
    assert AuditEntry.objects.filter(subject="candidate", action="changed").count() == 1


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("", "The table is empty"),
        ("имя", "Give a header and 1 to"),
        ("рост;вес\n180;80", "Row 1: none of its columns is known: “рост”, “вес”"),
        ('имя\n"Иван', "quotation mark"),
        ("имя;имя\nИван;Пётр", "are the same one"),
        ("имя\n" + "Иван\n" * (MOST_ROWS + 1), "Give a header and 1 to"),
    ],
)
def test_what_is_no_table_of_people_is_said_at_the_form(desk: StaffClient, table: str, message: str) -> None:
    page = previewed(desk, table)
    assert message in html.unescape(page) and "<textarea" in page


def test_a_file_that_is_no_table_is_refused(desk: StaffClient) -> None:
    assert "damaged" in previewed(desk, **file(b"PK\x03\x04\x98\x00\xff", name="people.xlsx"))
    assert "at most 960" in previewed(desk, **file(b"x" * (LARGEST_FILE + 1)))
    assert "The table is empty" in previewed(desk, **file(b""))
    assert "table of a preview" not in previewed(desk, table="[]") and not Candidate.objects.exists()


def test_a_formula_for_a_name_is_downloaded_as_text(desk: StaffClient) -> None:
    imported(desk, "имя\n=cmd|'/c calc'!A1")
    assert exported(desk)[0]["Full name"] == "'=cmd|'/c calc'!A1"


@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize("name", [CANDIDATES, LIST, BOOKINGS])
def test_what_was_exported_can_be_read_back(
    desk: StaffClient, maria: Candidate, booking_of_maria: None, name: str, kind: str, language: str
) -> None:
    imported(desk, "имя\tusername\tметки\nГлеб\tgleb_s\tvip, второй этап\n=Лев\t\t")
    assert Candidate.objects.get(first_name="Глеб").tags == ["vip", "второй этап"]
    people = Candidate.objects.count()
    answer = desk.get(f"{reverse(name)}?_export={kind}", headers={"Accept-Language": language})
    content = b"".join(answer)
    preview = previewed(desk, **file(content, name=f"people.{kind}"))
    assert (part(preview, "add"), part(preview, "refuse")) == ("", "")
    if name == BOOKINGS:  # whose city is the interview's
        assert "city: — → Москва" in part(preview, "change")
    else:
        assert f"{people if name == CANDIDATES else 2} rows say nothing new" in part(preview, "same")


def test_a_semicolon_is_for_russian_excel() -> None:
    with override("ru"):
        assert "".join(lines([["Имя", "Id"], ["Иван; мл.", 42]])) == '\ufeffИмя;Id\r\n"Иван; мл.";42\r\n'
    with override("en"):
        assert "".join(lines([["Name", "Id"]])) == "\ufeffName,Id\r\n"
