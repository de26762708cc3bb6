"""The wire format stands still: golden files, and the AsyncAPI document."""

import json
import os
from pathlib import Path

import pytest

from shared_contracts import asyncapi
from shared_contracts.booking import booking_result
from shared_contracts.directory import EventWords
from shared_contracts.notification import NotificationCommand, notification_command
from shared_contracts.transport.envelope import Message, decode, encode
from tests.examples import EXAMPLES

GOLDEN = Path(__file__).parent / "golden"
EARLIER = GOLDEN / "earlier"
"""What a sender of before still sends, and what may wait in a queue, an outbox or among the dead letters."""


def golden_file(message: Message) -> Path:
    return GOLDEN / f"{type(message).__name__}.json"


@pytest.mark.parametrize("message", EXAMPLES, ids=lambda message: type(message).__name__)
def test_a_message_is_written_as_its_golden_file(message: Message) -> None:
    written = json.dumps(json.loads(encode(message)), ensure_ascii=False, indent=2) + "\n"
    if os.environ.get("REWRITE_GOLDEN"):
        golden_file(message).write_text(written, encoding="utf-8")

    assert written == golden_file(message).read_text(encoding="utf-8")


@pytest.mark.parametrize("message", EXAMPLES, ids=lambda message: type(message).__name__)
def test_a_golden_file_is_read_by_its_queue_as_the_same_message(message: Message) -> None:
    body = golden_file(message).read_bytes()
    readers = [adapter for adapter in asyncapi.CARRIES.values() if _reads(adapter, body, message)]

    assert len(readers) == 1


def _reads(adapter: object, body: bytes, message: Message) -> bool:
    try:
        return bool(decode(adapter, body) == message)  # type: ignore[arg-type]
    except ValueError:
        return False


def test_an_earlier_message_is_read_with_the_calendar_file_that_came_in_it() -> None:
    result = decode(booking_result, (EARLIER / "BookingResult.json").read_bytes())
    command = decode(notification_command, (EARLIER / "NotificationCommand.json").read_bytes())

    assert isinstance(command, NotificationCommand)
    assert [message.calendar and message.calendar.content for message in (result, command)] == [
        "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"
    ] * 2
    assert [message.calendar_entry for message in (result, command)] == [None, None]


def test_every_message_has_a_golden_file_and_none_is_left_over() -> None:
    names = {model.__name__ for model in asyncapi.models()}

    assert {type(message).__name__ for message in EXAMPLES} == names
    assert {file.stem for file in GOLDEN.glob("*.json")} == names


def test_the_stored_asyncapi_document_is_the_one_the_models_make() -> None:
    if os.environ.get("REWRITE_GOLDEN"):
        asyncapi.FILE.write_text(asyncapi.render(), encoding="utf-8")

    assert asyncapi.FILE.read_text(encoding="utf-8") == asyncapi.render()


@pytest.mark.parametrize(
    ("words", "read"),
    [
        ({"bring": "паспорт", "bring_en": "your passport"}, ("паспорт", "your passport")),
        ({"bring": "паспорт"}, ("паспорт", "паспорт")),
        ({"bring_en": "your passport"}, ("your passport", "your passport")),
        ({}, ("", "")),
    ],
)
def test_what_is_said_of_an_event_is_read_in_ones_own_language_if_it_is_there(
    words: dict[str, str], read: tuple[str, str]
) -> None:
    """Guard: ``bring_in``, ``description_in``."""
    about = {name.replace("bring", "description"): text for name, text in words.items()}
    event = EventWords(**words, **about)
    assert (event.bring_in("ru"), event.bring_in("en")) == read
    assert (event.description_in("ru"), event.description_in("en")) == read
