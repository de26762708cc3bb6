"""Large lists are made by the worker, kept for a day, and are for who asked for them alone."""

import io
import re
from datetime import timedelta

import openpyxl
import pytest
import time_machine
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from backoffice.services.logins import Post, give_role
from common import clock
from common.models import AuditEntry
from common.mongo import collection
from common.roles import Role
from exports import lists, making, store
from exports.asking import MOST_UNDER_WAY
from exports.models import Export
from exports.tasks import make_exports
from people.models import Candidate
from tests.helpers.staff_client import StaffClient, unseen

LISTED = "/admin/people/candidate/"
PEOPLE = 7


@pytest.fixture(autouse=True)
def _few_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    """Seven people, where five rows are many; two go into a piece, and one piece is a worker's time."""
    monkeypatch.setattr(lists, "MOST_AT_ONCE", 5)
    monkeypatch.setattr(making, "ROWS_PER_PIECE", 2)
    monkeypatch.setattr(making, "SECONDS", 0)
    Candidate.objects.bulk_create(
        [Candidate(first_name=f"=Имя {number}", telegram_id=number) for number in range(1, PEOPLE + 1)]
    )


def asked(client: Client, kind: str = "csv", query: str = "") -> Export:
    """Pressed, on the page that says how long the list is."""
    url = f"{LISTED}?_export={kind}{query}"
    assert "The list has 7 rows." in client.get(url).content.decode()
    page = client.post(url, {"_confirm": "1"}, follow=True).content.decode()
    assert 'hx-get="/admin/exports/export/progress/' in page
    return Export.objects.latest("created_at")


def made(export: Export) -> list[str]:
    """What the page said of the rows that are done, each time that a worker had its turn."""
    said = []
    while Export.objects.get(pk=export.pk).status in ("queued", "making"):
        assert make_exports()
        said.append(str(Export.objects.get(pk=export.pk).done))
    return said


def downloaded(client: Client, export: Export) -> bytes:
    """The file."""
    response = client.get(reverse("admin:exports_export_download", args=[export.pk]))
    assert response.status_code == 200
    return b"".join(response.streaming_content)  # type: ignore[attr-defined]


def test_a_large_list_is_made_in_the_background_and_is_the_same_as_at_once(
    desk: StaffClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Guards: ``ask_for_export``, ``go_on`` and ``note``. The audit trail has list, filter and number of rows."""
    export = asked(desk, query="&is_allowed__exact=1")
    assert made(export) == ["2", "4", "6", "7", "7"], "a worker's time is bounded, and the page tells how far it is"
    page = desk.get(reverse("admin:exports_export_change", args=[export.pk])).content.decode()
    assert "Ready" in page and "hx-get" not in page.partition('id="export"')[2].partition("</section>")[0]
    file = downloaded(desk, export)
    monkeypatch.setattr(lists, "MOST_AT_ONCE", 50)
    at_once = desk.get(f"{LISTED}?_export=csv&is_allowed__exact=1")
    assert file == b"".join(at_once.streaming_content)  # type: ignore[attr-defined]
    assert file.decode().count("'=Имя") == PEOPLE, "no spreadsheet takes a name for a formula"
    entries = AuditEntry.objects.filter(subject="export").order_by("id")
    assert [entry.action for entry in entries] == ["exported", "downloaded", "exported"]
    facts = {"list": "people.candidate", "filter": "On the allow list: Yes", "rows": PEOPLE}
    assert all(entry.after == facts and entry.actor == "staff:anna" for entry in entries)


def test_a_workbook_has_every_row_too(desk: StaffClient) -> None:
    """Guard: ``_make_workbook``. Ids are text, of which no digit is lost; a formula for a name is no formula."""
    export = asked(desk, "xlsx")
    assert made(export) == ["7"]
    sheet = openpyxl.load_workbook(io.BytesIO(downloaded(desk, export))).active
    assert sheet is not None and sheet.max_row == PEOPLE + 1
    assert sheet.cell(2, 1).value == "=Имя 1" and sheet.cell(2, 1).data_type == "s"


def test_a_form_sent_twice_asks_for_one_file(desk: StaffClient) -> None:
    """Guard: ``send_once``."""
    url = f"{LISTED}?_export=csv"
    opened = unseen(desk.get(url))
    for _press in range(2):
        assert desk.post(url, {"_confirm": "1"}, opened=opened).status_code == 302
    assert Export.objects.count() == 1
    for address in (url, reverse("admin:exports_export_cancel", args=[Export.objects.get().pk])):
        page = Client.post(desk, address, {"_confirm": "1"}, follow=True).content.decode()
        assert "look once more and press again" in page, "a form of no page of ours does nothing"
    assert Export.objects.get().status == "queued"


def test_where_a_worker_is_killed_the_next_goes_on_after_the_last_piece(desk: StaffClient) -> None:
    """Guards: ``take_next`` and ``HOLD``: not at once, for the first may be alive; and the first is heard no more."""
    export = asked(desk)
    make_exports()
    killed = store.take_next(clock.now())
    assert killed and not make_exports(), "it is held"
    with time_machine.travel(clock.now() + store.HOLD, tick=True):
        assert made(export) == ["4", "6", "7", "7"]
        with pytest.raises(store.NotHeldError):
            store.add_piece(killed, b"late", 1)
        rows = downloaded(desk, export).decode().splitlines()
    assert [row.split(",")[0] for row in rows[1:]] == [f"'=Имя {number}" for number in range(1, PEOPLE + 1)]


def test_workbooks_are_made_one_at_a_time(desk: StaffClient) -> None:
    """Guard: ``held_book``."""
    book, other, table = asked(desk, "xlsx"), asked(desk, "xlsx"), asked(desk)
    taken = [store.take_next(clock.now()) for _worker in range(3)]
    assert [export and export.pk for export in taken] == [book.pk, table.pk, None]
    store.cancel(book.pk, actor="anna")
    assert made(other) == ["7"]


def test_what_kills_every_worker_fails(desk: StaffClient) -> None:
    """Guard: ``MOST_TRIES``."""
    export = asked(desk)
    for days in range(store.MOST_TRIES):
        with time_machine.travel(clock.now() + timedelta(days=days), tick=True):
            assert store.take_next(clock.now())
    with time_machine.travel(clock.now() + timedelta(days=9), tick=True):
        make_exports()
    assert Export.objects.get().status == "failed"
    page = desk.get(reverse("admin:exports_export_change", args=[export.pk])).content.decode()
    assert "could not be made" in page


def test_a_cancelled_one_stops_and_leaves_nothing(desk: StaffClient) -> None:
    """Guards: ``cancel`` and ``change_held``."""
    export = asked(desk)
    make_exports()
    held = store.take_next(clock.now())
    assert held
    desk.post(reverse("admin:exports_export_cancel", args=[export.pk]), opened=_of_page(desk, export))
    with pytest.raises(store.NotHeldError):
        store.add_piece(held, b"late", 1)
    assert not make_exports()
    assert collection("export_parts").count_documents({}) == 0
    assert Export.objects.get().status == "cancelled"


def test_a_file_is_gone_with_its_link(desk: StaffClient) -> None:
    """Guards: ``is_ready`` and the index ``export_parts_end``, by which MongoDB removes what people's data is in."""
    export = asked(desk)
    made(export)
    export.refresh_from_db()
    ends = {row["ends_at"] for row in collection("export_parts").find()}
    assert ends == {export.ends_at} and export.ends_at and export.ends_at - clock.now() <= store.LIFE
    index = collection("export_parts").index_information()["export_parts_end"]
    assert (index["key"], index["expireAfterSeconds"]) == ([("ends_at", 1)], 0)
    with time_machine.travel(export.ends_at, tick=True):
        gone = desk.get(reverse("admin:exports_export_download", args=[export.pk]), follow=True).content.decode()
        assert "not any more" in gone and "removed after a day" in gone.lower()
    desk.post(reverse("admin:exports_export_cancel", args=[export.pk]), opened=_of_page(desk, export))
    assert collection("export_parts").count_documents({}) == 0, "removed before, by hand"


def test_a_file_is_for_who_asked_and_still_sees_the_same(coordinator: StaffClient, administrator: Client) -> None:
    """Guards: ``ExportAdmin.get_queryset`` and ``reach_of``, when it is made and when it is taken."""
    ready, waiting = asked(coordinator), asked(coordinator)
    while Export.objects.get(pk=ready.pk).status != "ready":
        make_exports()
    address = reverse("admin:exports_export_download", args=[ready.pk])
    assert administrator.get(address).status_code == 404
    assert coordinator.get(address).status_code == 200
    Export.objects.filter(pk=waiting.pk).update(status="making")
    give_role(User.objects.get(username="kirill"), Post(Role.READ_ONLY, all_cities=True))
    assert coordinator.get(address).status_code == 403
    while make_exports():
        pass
    assert Export.objects.get(pk=waiting.pk).status == "failed"
    assert not AuditEntry.objects.filter(subject="export", action="exported").exclude(actor="staff:kirill").exists()


def test_a_login_has_a_few_under_way_at_a_time(desk: StaffClient) -> None:
    """Guard: ``MOST_UNDER_WAY``, told on a page of our own that leads to what is under way."""
    for _number in range(MOST_UNDER_WAY):
        asked(desk)
    response = desk.get(f"{LISTED}?_export=csv")
    page = response.content.decode().partition('id="desk-error"')[2]
    assert response.status_code == 429 and response.headers["Retry-After"]
    assert "still being made" in page and 'href="/admin/exports/export/"' in page


def _of_page(desk: StaffClient, export: Export) -> dict[str, str]:
    """What the form beside the progress carries."""
    page = desk.get(reverse("admin:exports_export_change", args=[export.pk])).content.decode()
    part = page.partition('id="export"')[2].partition("</section>")[0]
    return dict(re.findall(r'<input type="hidden" name="(_once)" value="([^"]*)">', part))
