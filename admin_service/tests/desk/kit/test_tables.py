"""Tables as people's programs write them are read as they were meant, or refused with what to do."""

import io
import zipfile
from collections.abc import Iterator
from typing import Any

import openpyxl
import pytest
from django.utils.translation import override

from shared_contracts.telegram.names import clean_name
from staffkit.tables.errors import TableError
from staffkit.tables.letters import decode
from staffkit.tables.reading import Columns, Table, read_table
from staffkit.tables.writing import as_typed, download, safe

COLUMNS = Columns(
    {"first": ("first name", "имя"), "last": ("last name", "фамилия"), "id": ("telegram id",)}, {"id": "id"}
)
RUSSIAN = "Имя;Фамилия;Город\r\nПётр;Щукин;Москва\r\n"


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with override("en"):
        yield


def read(content: bytes | str, most: int = 10) -> Table:
    return read_table(content, COLUMNS, most)


def cells(content: bytes | str) -> list[tuple[str, ...]]:
    return [tuple(row.cells.values()) for row in read(content).rows]


def workbook(*rows: list[Any], **more: list[list[Any]]) -> bytes:
    book = openpyxl.Workbook(write_only=True)
    for title, lines in {"Sheet": rows, **more}.items():
        sheet = book.create_sheet(title)
        for row in lines:
            sheet.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


@pytest.mark.parametrize("case", [str.title, str.lower, str.upper])
@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "cp1251", "cp866", "koi8-r", "mac-cyrillic"]
)
def test_russian_letters_are_told_by_what_makes_russian_words(encoding: str, case: Any) -> None:
    """Guard: ``_is_clear`` of the readings."""
    assert decode(case(RUSSIAN).encode(encoding)).text == case(RUSSIAN)


@pytest.mark.parametrize("text", ["first_name\nRenée Müller\n", "first_name\nÉmilie\nJosé Muñoz\nÅngström\n"])
def test_western_letters_are_not_taken_for_cyrillic_ones(text: str) -> None:
    assert decode(text.encode("cp1252")) == (text, "Windows-1252")


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("first_name\nЯ\n", "cp1251"),
        ("first_name\nŁukasz Wałęsa\n", "cp1250"),
        ("first_name\nΓιώργος Παπαδόπουλος\n", "cp1253"),
        ("first_name\nGökçe Yıldırım\n", "cp1254"),
        ("first_name\nRenée Müller\n", "mac-roman"),
        ("first_name\n\u0001\u0203漢\n", "utf-16-le"),
    ],
)
def test_letters_that_can_t_be_told_are_nobody_s_guess(text: str, encoding: str) -> None:
    with pytest.raises(TableError, match="CSV UTF-8"):
        decode(text.encode(encoding))


@pytest.mark.parametrize("encoding", ["cp1251", "cp866", "koi8-r", "mac-cyrillic"])
@pytest.mark.parametrize("text", ["Имя\r\nЮля\r\n", "ФАМИЛИЯ\nФирс\n", '"Имя";"Фамилия"\nЙя;Шу\n'])
def test_a_known_heading_tells_the_letters_of_few_words(text: str, encoding: str) -> None:
    """One column of short names is too little to go by. Guard: ``_by_heading``."""
    names = [word for word in text.replace('"', "").replace("\r", "").split("\n")[1].split(";") if word]
    assert cells(text.encode(encoding)) == [tuple(names)]
    with pytest.raises(TableError):
        decode("Юля\n".encode(encoding))


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_wide_letters_that_do_not_say_so_are_told_by_their_order(encoding: str) -> None:
    """Guard: ``_wide``."""
    assert cells("имя\tфамилия\r\nОлег\t№ Утф\r\n".encode(encoding)) == [("Олег", "№ Утф")]


@pytest.mark.parametrize("escape", ["\x1b[31m", "\x1b[1;38;5;9m", "\x9b0m", "\x1b]0;title\x07", "\x1b(B", "\x1bc"])
def test_a_terminals_commands_leave_nothing_in_a_name(escape: str) -> None:
    """Guard: ``without_escapes``."""
    assert cells(f"имя;фамилия\nБом{escape};{escape}Бомов") == [("Бом", "Бомов")]
    assert clean_name(f"Бом{escape}") == "Бом"


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("broken", [b"\xff", "П".encode()[:1], b"\xd0\xd0"])
def test_one_broken_byte_is_named_with_its_line(mark: bytes, newline: str, broken: bytes) -> None:
    """Guard: ``_is_almost_utf8``."""
    content = newline.join(["имя", "Пётр", "Щукин Иван"]).encode() + broken + f"{newline}Олег".encode()
    with pytest.raises(TableError, match="Line 3: the file is UTF-8"):
        decode(mark + content)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_cells_are_kept_apart_by_what_makes_the_header_known(delimiter: str, newline: str) -> None:
    rows = [["ФАМИЛИЯ", "First_Name"], ["Ким; мл., ст.\t|", 'Анна\nМария "Аня"']]
    quoted = [delimiter.join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows]
    assert cells(newline.join(quoted)) == [("Ким; мл., ст. |", 'Анна Мария "Аня"')]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("имя\nПетров, Иван", [("Петров, Иван",)]),  # one column: no comma is needed
        ("sep=;\r\nимя;фамилия\r\nИван;Ким", [("Иван", "Ким")]),
        ('\ufeffимя;фамилия\n\ufeff"Иван";Ким\n\ufeffимя;фамилия\nОлег;Ли', [("Иван", "Ким"), ("Олег", "Ли")]),
        ("Список на ярмарку;;\n\nимя;фамилия;\nИван;Ким;", [("Иван", "Ким")]),
        ("имя;фамилия;;\n\nИван;Ким;;\n;;;\n", [("Иван", "Ким")]),
        ("имя;фамилия\nИван", [("Иван", "")]),
        ("имя;фамилия\nЮлия\u2028Анна;\u200b \u202eКим\u3164", [("Юлия Анна", "Ким")]),
        ("имя;id\nИван;42", [("Иван", "42")]),
        ("имя;id;telegram_id\nИван;7;42", [("Иван", "42")]),  # the vague one gives way
        ("имя\n'=1+1", [("=1+1",)]),
        ("имя\n'Абд", [("'Абд",)]),
    ],
)
def test_what_people_s_tables_have_besides(text: str, expected: list[tuple[str, ...]]) -> None:
    assert cells(text) == expected


def test_what_was_not_taken_as_it_stands_is_said() -> None:
    table = read("Ярмарка\nимя;Рост;;\nИван;180;;\n\nОлег;;мл.;\n\x7f;\n".encode("cp1251"))
    assert list(table.notes) == [
        "Encoding: Windows-1251.",
        "Cells are kept apart by: semicolon.",
        "1 row above the header was not read.",
        "Rows with nothing in them that can be seen, so not read: 6.",
        "Columns that are not needed, so not read: “Рост”.",
        "1 empty column was left out.",
    ]
    assert [(row.number, row.problem) for row in table.rows] == [
        (3, ""),
        (5, "there are more cells than headings: “мл.”"),
    ]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("имя;имя\nИван;Олег", "“имя”, “имя” are the same one"),
        ("имя;first name\nИван;Олег", "are the same one"),
        ("рост\n180", "none of its columns is known: “рост”"),
        ("имя\n" + "Иван\n" * 11, "Give a header and 1 to 10 rows"),
        ("имя\n" * 40 + "Иван", "Give a header and 1 to 10 rows"),
        ("имя\n" + "\u200b\n" * 40, "Give a header and 1 to 10 rows"),
        ("", "The table is empty"),
        ('имя\nИван\n"Олег\nПётр', "Row 3: a quotation mark"),
        ('имя\n"Иван" мл.', "Row 2: a quotation mark"),
        ("имя\nИван\0", "Line 2: there is a zero byte"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Excel file, or one with a password"),
        (b"PK\x03\x04", "damaged"),
    ],
)
def test_what_is_no_table_is_said(content: bytes | str, message: str) -> None:
    with pytest.raises(TableError, match=message):
        read(content)


def test_a_workbook_s_first_sheet_is_read_as_people_see_it() -> None:
    content = workbook(
        ["Имя", "Фамилия", "Telegram id", None],
        [],
        ["Иван", None, 7_000_000_001.0],
        [" Ли\n", "#N/A", "42"],
        Второй=[["x"]],
    )
    table = read(content)
    assert [tuple(row.cells.values()) for row in table.rows] == [("Иван", "", "7000000001"), ("Ли", "#N/A", "42")]
    assert [row.problem for row in table.rows] == ["", "a formula came to an error: #N/A"]
    assert [row.number for row in table.rows] == [3, 4]
    assert table.notes[:2] == ["Sheet: “Sheet”.", "Other sheets were not read: “Второй”."]


def test_a_workbook_can_t_be_larger_than_it_looks() -> None:
    """Guards: ``_check_size``; ``_MOST_COLUMNS``; the rows that a sheet skips cost nothing."""
    good = workbook(["Имя"], ["Иван"])
    with pytest.raises(TableError, match="far more than"):
        read(patched(good, b"</sheetData>", b"<row r='9'><c r='A9'/></row>" * 400_000 + b"</sheetData>"))
    with pytest.raises(TableError, match="far more than"):
        read(patched(good, b"</sheetData>", b"<row r='9'><c r='XFD9'/></row></sheetData>"))
    far = b"<row r='1048576'><c r='A1048576' t='inlineStr'><is><t>Last</t></is></c></row></sheetData>"
    assert [row.number for row in read(patched(good, b"</sheetData>", far)).rows] == [2, 1_048_576]
    entity = b"<!DOCTYPE x [<!ENTITY a 'aaaa'>]><worksheet"
    with pytest.raises(TableError, match="can be read"):
        read(patched(good, b"<worksheet", entity))


def patched(content: bytes, old: bytes, new: bytes) -> bytes:
    """A workbook with something else in its sheet."""
    source, file = zipfile.ZipFile(io.BytesIO(content)), io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as target:
        for part in source.infolist():
            data = source.read(part)
            target.writestr(part.filename, data.replace(old, new, 1) if "/worksheets/" in part.filename else data)
    return file.getvalue()


@pytest.mark.parametrize("text", ["=1+1", "+7 900", "-5", "@name", "＝1", "Мария", "'Абд", ""])
def test_what_is_kept_from_being_a_formula_comes_back_as_it_was(text: str) -> None:
    assert as_typed(safe(text)) == text


def test_a_workbook_keeps_ids_as_they_are_and_makes_no_formula() -> None:
    """What can be added up is a number; an empty cell is empty."""
    answer = download([["Id", "Имя", "Минут", "Город"], ["9007199254740991", "=1+1", 20, ""]], "x", "xlsx")
    (sheet,) = openpyxl.load_workbook(io.BytesIO(b"".join(answer))).worksheets
    texts = [("9007199254740991", "s"), ("=1+1", "s")]
    assert [(cell.value, cell.data_type) for cell in sheet[2]] == [*texts, (20, "n"), (None, "n")]
