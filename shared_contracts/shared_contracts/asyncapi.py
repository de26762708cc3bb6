"""The AsyncAPI document of the queues, made from the models: ``python -m shared_contracts.asyncapi [--check]``.

Needs PyYAML, which only development installs.
"""

import argparse
import sys
from pathlib import Path
from typing import Any

from pydantic import BaseModel, TypeAdapter

from shared_contracts.booking import booking_event, booking_result
from shared_contracts.broadcast import broadcast_command, delivery_event
from shared_contracts.card import card_command
from shared_contracts.dialog import dialog_command, dialog_result
from shared_contracts.digest import digest_command
from shared_contracts.notification import cache_invalidate, notification_command
from shared_contracts.transport.envelope import MAX_BODY_BYTES, SCHEMA_VERSION
from shared_contracts.transport.topology import (
    ALL_QUEUES,
    BOOKING_EVENT,
    BOOKING_RESULT,
    BROADCAST_COMMAND,
    CACHE_INVALIDATE,
    CARD_COMMAND,
    DELIVERY_EVENT,
    DIALOG_COMMAND,
    DIALOG_RESULT,
    DIGEST_COMMAND,
    NOTIFICATION_COMMAND,
    TO_ADMIN,
)

FILE = Path(__file__).resolve().parent.parent / "tests" / "golden" / "asyncapi.yaml"

CARRIES: dict[str, TypeAdapter[Any]] = {
    BOOKING_EVENT.name: booking_event,
    DELIVERY_EVENT.name: delivery_event,
    DIALOG_COMMAND.name: dialog_command,
    BROADCAST_COMMAND.name: broadcast_command,
    BOOKING_RESULT.name: booking_result,
    NOTIFICATION_COMMAND.name: notification_command,
    CARD_COMMAND.name: card_command,
    DIGEST_COMMAND.name: digest_command,
    DIALOG_RESULT.name: dialog_result,
    CACHE_INVALIDATE.name: cache_invalidate,
}
"""What each queue carries."""


def document() -> dict[str, Any]:
    """The AsyncAPI 3.0 document."""
    channels: dict[str, Any] = {}
    operations: dict[str, Any] = {}
    messages: dict[str, Any] = {}
    schemas: dict[str, Any] = {}
    for queue in ALL_QUEUES:
        schema = CARRIES[queue.name].json_schema(mode="serialization", ref_template="#/components/schemas/{model}")
        schemas |= schema.pop("$defs", {})
        messages[queue.name] = {"contentType": "application/json", "payload": schema}
        channels[queue.name] = {
            "address": queue.name,
            "messages": {"message": {"$ref": f"#/components/messages/{queue.name}"}},
            "bindings": {"amqp": {"is": "queue", "queue": {"name": queue.name, "durable": True}}},
        }
        receiver = "admin" if queue.exchange == TO_ADMIN else "bot"
        signed = " Carries `signature` (README, “Who may ask”)." if queue.exchange == TO_ADMIN else ""
        operations[f"{receiver}.receives.{queue.name}"] = {
            "action": "receive",
            "channel": {"$ref": f"#/channels/{queue.name}"},
            "description": f"Published to the exchange {queue.exchange}; given up to {queue.dead_name}.{signed}",
        }
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Slotdesk queues",
            "version": str(SCHEMA_VERSION),
            "description": f"JSON messages of at most {MAX_BODY_BYTES} bytes. Rules for versions: README.md.",
        },
        "channels": channels,
        "operations": operations,
        "components": {"messages": messages, "schemas": schemas},
    }


def render() -> str:
    """The document as YAML."""
    import yaml

    return str(yaml.safe_dump(document(), sort_keys=True, allow_unicode=True, width=110))


def models() -> list[type[BaseModel]]:
    """Every message model, for tests that must miss none."""
    from shared_contracts import attendance, booking, broadcast, card, dialog, digest, notification
    from shared_contracts.requests import BookingRequest
    from shared_contracts.transport.envelope import Message

    bases = (Message, BookingRequest, dialog.DialogRequest)
    found = {
        value
        for module in (attendance, booking, broadcast, card, dialog, digest, notification)
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, Message) and value not in bases
    }
    return sorted(found, key=lambda model: model.__name__)


def main() -> int:
    """Write the document, or with ``--check`` say whether the stored one is still true (exit code 1 if not)."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing, fail if the stored document differs")
    text = render()
    if not parser.parse_args().check:
        FILE.write_text(text, encoding="utf-8")
        return 0
    if FILE.exists() and FILE.read_text(encoding="utf-8") == text:
        return 0
    print(f"{FILE.name} differs from the models: run `python -m shared_contracts.asyncapi`", file=sys.stderr)
    return 1


if __name__ == "__main__":
    raise SystemExit(main())
