"""Conversations as people read them, kept as golden files: what was typed and pressed, and what the bot showed.

``REWRITE_TRANSCRIPTS=1`` writes the files anew; read the difference before it is committed.
"""

import os
import re
from pathlib import Path

from acceptance.driving import Message, Person

FOLDER = Path(__file__).parent / "transcripts"
_TOKEN = re.compile(r"\bi_[A-Za-z0-9_-]{16,}")


class Transcript:
    """One conversation, written down as it goes."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def follow(self, person: Person, name: str) -> "Followed":
        """The person, with everything they do and are shown written down under ``name``."""
        return Followed(self, person, name)

    def remark(self, text: str) -> None:
        """What happens outside the chat."""
        self.lines += ["", f"({text})"]

    def check(self, name: str) -> None:
        """Compare with ``transcripts/<name>.txt``, or write it."""
        file, text = FOLDER / f"{name}.txt", "\n".join(self.lines).strip() + "\n"
        if os.environ.get("REWRITE_TRANSCRIPTS") == "1":
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        assert file.read_text(encoding="utf-8") == text


class Followed:
    """A person whose conversation is written down; what they are shown only once they have seen it."""

    def __init__(self, transcript: Transcript, person: Person, name: str) -> None:
        self._lines, self.person, self._name = transcript.lines, person, name
        self._shown: dict[int, Message] = {}

    def writes(self, text: str) -> None:
        """Type a message."""
        self._lines += ["", f"{self._name}: {_TOKEN.sub('i_…', text)}"]
        self.person.writes(text)

    def presses(self, message: Message, button: str) -> str | None:
        """Press the button that has ``button`` in its text; the answer is the callback query's id."""
        label = next(label for label in message.labels if button in label)
        self._lines += ["", f"{self._name} ▸ [{label}]"]
        return self.person.presses(message, button)

    def sees(self, part: str, message_id: int | None = None) -> Message:
        """Wait for the newest message (or that one) to show ``part``, and write down what it shows."""
        message = self.person.sees(part, message_id)
        edited = message.id in self._shown
        if self._shown.get(message.id) != message:
            self._shown[message.id] = message
            self._lines += ["", f"→ {self._name}{' (the same message)' if edited else ''}", *_drawn(message)]
        return message


def _drawn(message: Message) -> list[str]:
    text = [f"  │ {line}".rstrip() for line in message.text.splitlines()]
    rows = ["    " + " ".join(f"[{button['text']}]" for button in row) for row in message.rows]
    return [_TOKEN.sub("i_…", line) for line in (*text, *rows)]
