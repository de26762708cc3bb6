"""The desk's words in chat (R5): a text that can't be sent is refused, a changed one is what the next person reads."""

from acceptance.desk import Desk
from acceptance.driving import Chats, Store

BROKEN = "<b>{imya}, запись отменена: {date}, {time}"
CHANGED = "<b>{name}</b>, просим прощения!\nКабинет на ремонте, встреча {date} в {time} отменена."


def test_a_changed_text_is_what_the_next_person_reads(chats: Chats, desk: Desk, store: Store) -> None:
    yulia = chats.person(1015, "Юлия")
    yulia.books()
    (booking,) = store.bookings_of(1015)
    desk.open_text("The booking was cancelled", "Russian")

    assert "imya" in desk.save_text(BROKEN)
    desk.open_text("The booking was cancelled", "Russian")
    assert "successfully" in desk.save_text(CHANGED)
    desk.cancel_booking(booking["_id"], "Ремонт")

    told = yulia.sees("Кабинет на ремонте")
    assert told.text.startswith("Юлия, просим прощения!")
    desk.open_text("The booking was cancelled", "Russian")
    desk.restore_text(1)
    assert "Кабинет на ремонте" not in desk.open_text("The booking was cancelled", "Russian")
