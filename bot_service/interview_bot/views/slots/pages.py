"""Pages of three slots. A page is named by its first slot, so it means the same however often its button is pressed and
whatever has filled up in between."""

from dataclasses import dataclass

from shared_contracts.directory import SlotView

PAGE_SIZE = 3
FIRST_PAGE = "0.000000"
"""Its name; no slot starts earlier."""
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True)
class SlotPage:
    """What is shown, and the names of the pages before and after (None where there is none)."""

    slots: list[SlotView]
    name: str | None
    earlier: str | None
    later: str | None


def page_name(slot: SlotView) -> str:
    """The page that begins with ``slot``: minute of start in base 36, end of its id."""
    return f"{_base36(int(slot.starts_at.timestamp()) // 60)}.{slot.id[-6:]}"


def slot_page(slots: list[SlotView], name: str | None) -> SlotPage:
    """The page of ``slots`` (sorted by start) that begins at or after ``name``; the first for None."""
    ordered = sorted(slots, key=_key)
    first = 0
    if name is not None:
        minute, _, end = name.partition(".")
        wanted = (int(minute, 36), end)
        first = next((index for index, slot in enumerate(ordered) if _key(slot) >= wanted), len(ordered))
    if first >= len(ordered):
        first = max(0, len(ordered) - PAGE_SIZE)
    shown = ordered[first : first + PAGE_SIZE]
    return SlotPage(
        slots=shown,
        name=page_name(shown[0]) if shown else None,
        earlier=page_name(ordered[max(0, first - PAGE_SIZE)]) if first else None,
        later=page_name(ordered[first + PAGE_SIZE]) if first + PAGE_SIZE < len(ordered) else None,
    )


def _key(slot: SlotView) -> tuple[int, str]:
    return int(slot.starts_at.timestamp()) // 60, slot.id[-6:]


def _base36(number: int) -> str:
    digits = ""
    while number:
        number, digit = divmod(number, 36)
        digits = _DIGITS[digit] + digits
    return digits or "0"
