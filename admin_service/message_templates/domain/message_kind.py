"""What is true of a kind of message that staff can word themselves."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MessageKind:
    """An entry of the catalogue of message kinds.

    Attributes:
        label: the kind's name, English; translated where it is shown.
        required: variables that a text must name, or the reader would miss them.
        ru, en: the texts an installation starts with; staff's own versions are in the database. A line is left out when
            one of its variables is empty.
        is_glad: good news; a preview shows a reason that suits it.
    """

    label: str
    required: frozenset[str]
    ru: str
    en: str
    is_glad: bool = False

    def default_text(self, language: str) -> str:
        """The text an installation starts with, in ``ru`` or ``en``."""
        return {"ru": self.ru, "en": self.en}[language].strip()
