"""Conversations as people read them, kept as golden files: what was typed and pressed, and what the bot showed.

``REWRITE_TRANSCRIPTS=1`` writes the files anew; read the difference before it is committed.
"""

import difflib
import os
import re
from pathlib import Path

from acceptance.driving import File, Message, Person

FOLDER = Path(__file__).parent / "transcripts"
_TOKEN = re.compile(r"(?<=\bi_)[A-Za-z0-9_-]{8,}")


class Transcript:
    """One conversation, written down as it goes; what ``hidden`` finds is of the moment and written as "…"."""

    def __init__(self, hidden: re.Pattern[str] = _TOKEN) -> None:
        self.lines: list[str] = []
        self._hidden = hidden

    def follow(self, person: Person, name: str) -> "Followed":
        """The person, with everything they do and are shown written down under ``name``."""
        return Followed(self, person, name)

    def remark(self, text: str) -> None:
        """What happens outside the chat."""
        self.lines += ["", f"({text})"]

    def check(self, name: str) -> None:
        """Compare with ``transcripts/<name>.txt``, or write it."""
        text = "\n".join(self.lines).strip() + "\n"
        for hidden in (_TOKEN, self._hidden):
            text = hidden.sub("…", text)
        file = FOLDER / f"{name}.txt"
        if os.environ.get("REWRITE_TRANSCRIPTS") == "1":
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        kept = file.read_text(encoding="utf-8")
        assert kept == text, "\n".join(difflib.unified_diff(kept.splitlines(), text.splitlines(), lineterm=""))


class Followed:
    """A person whose conversation is written down; what they are shown only once they have seen it."""

    def __init__(self, transcript: Transcript, person: Person, name: str) -> None:
        self._lines, self.person, self._name = transcript.lines, person, name
        self._shown: dict[int, Message] = {}

    def writes(self, text: str) -> None:
        """Type a message."""
        self._lines += ["", f"{self._name}: {text}"]
        self.person.writes(text)

    def presses(self, message: Message, button: str) -> str | None:
        """Press the button that has ``button`` in its text; the answer is the callback query's id."""
        label = next(label for label in message.labels if button in label)
        self._lines += ["", f"{self._name} ▸ [{label}]"]
        return self.person.presses(message, button)

    def sees(self, part: str, message_id: int | None = None, *, after: Message | None = None) -> Message:
        """Wait for the newest message (or that one) to show ``part``, and write down what it shows.

        ``after``: a message that shows ``part`` too, so a newer one is waited for.
        """
        return self._written(self.person.sees(part, message_id, after=after.id if after else 0))

    def finds(self, *parts: str, after: Message | None = None) -> Message:
        """Wait for a message that shows all ``parts``, whatever came after it, and write down what it shows.

        ``after``: a message that shows them too, so a newer one is waited for.
        """
        return self._written(self.person.finds(*parts, after=after.id if after else 0))

    def _written(self, message: Message) -> Message:
        edited = message.id in self._shown
        if self._shown.get(message.id) != message:
            self._shown[message.id] = message
            self._lines += ["", f"→ {self._name}{' (the same message)' if edited else ''}", *_drawn(message)]
        return message

    def gets_file(self, caption: str, number: int = 1) -> File:
        """Wait for their ``number``-th file with that caption, and write down that it came."""
        file = self.person.gets_file(caption, number)
        self._lines += ["", f"→ {self._name}", f"  📎 {file.name}", f"  │ {file.caption}"]
        return file


def _drawn(message: Message) -> list[str]:
    text = [f"  │ {line}".rstrip() for line in message.text.splitlines()]
    rows = ["    " + " ".join(f"[{button['text']}]" for button in row) for row in message.rows]
    return [*text, *rows]
