"""The main job as its people see it: broadcast, sign up, book, move, cancel, and each step in the desk."""

from acceptance.desk import Desk
from acceptance.driving import BOOKED, CONFIRM, QUESTION, Chats, Person, Store, eventually
from local.stack import Stack


def test_from_broadcast_to_cancellation(stack: Stack, desk: Desk, chats: Chats, store: Store) -> None:
    """FR1, FR3, FR4, FR6, FR11."""
    maria = chats.person(1001)
    maria.opens_slots()
    eventually(lambda: store.db.users.count_documents({"telegram_id": 1001, "started_at": {"$ne": None}}), "started")

    desk.broadcast("Открыта запись на собеседование!", to_everyone=True)

    group = int(stack.env["BROADCAST_CHAT_ID"])
    announcement = eventually(lambda: chats.messages(group), "the announcement in the group")[-1]
    assert "Открыта запись на собеседование!" in announcement.text
    assert announcement.buttons[0]["url"].startswith(f"https://t.me/{stack.env['TELEGRAM_BOT_USERNAME']}?start=e_")
    private = maria.sees("Открыта запись на собеседование!")
    eventually(lambda: "Finished" in desk.broadcast_page(), "the desk shows that the broadcast is finished")

    maria.presses(private, "Записаться")
    slots = maria.sees("Выберите удобное время", private.id)
    assert len([label for label in slots.labels if ":" in label]) == 3
    maria.presses(slots, "Позже")
    later = eventually(
        lambda: next((m for m in maria.messages() if m.id == private.id and "← Раньше" in m.labels), None),
        "a later page",
    )
    assert not set(later.labels[:3]) & set(slots.labels[:3])
    maria.presses(later, ":")
    details = maria.sees(QUESTION, private.id)
    maria.presses(details, CONFIRM)
    booked = maria.sees(BOOKED, private.id)
    assert booked.buttons == []
    assert "/reschedule" in booked.text
    (booking,) = store.bookings_of(1001)
    assert booking["slot"]["recruiter"] in desk.bookings_list(1001)

    maria.writes("/reschedule")
    choice = maria.sees("На какое время перенести?")
    maria.presses(choice, ":")
    maria.presses(maria.sees("Перенести вашу запись на это время?", choice.id), CONFIRM)
    maria.sees("Запись перенесена!", choice.id)
    (moved,) = store.bookings_of(1001)
    assert (moved["_id"], moved["version"]) == (booking["_id"], 2)
    assert moved["slot_id"] != booking["slot_id"]

    maria.cancels()
    assert store.bookings_of(1001) == []
    trail = desk.booking_page(booking["_id"]).partition("What happened")[2]
    assert [trail.count(word) for word in ("made", "moved", "candidate 1001")] == [1, 1, 3]
    assert "booked → cancelled" in trail


def test_the_groups_button_leads_to_a_private_dialog_and_leaves_the_group_as_it_was(
    stack: Stack, desk: Desk, chats: Chats
) -> None:
    """FR3."""
    group = int(stack.env["BROADCAST_CHAT_ID"])
    desk.broadcast("Для группы", to_everyone=False)
    announcement = eventually(
        lambda: next((m for m in chats.messages(group) if "Для группы" in m.text), None), "the announcement"
    )
    ivan = chats.person(1002, "Иван")

    ivan.presses(announcement, "Записаться")
    slots = ivan.sees("Выберите удобное время")

    assert slots.chat_id == ivan.id
    assert next(m for m in chats.messages(group) if m.id == announcement.id) == announcement


def test_an_english_reader_is_served_in_english(chats: Chats) -> None:
    """FR4 in the candidate's own language."""
    emma = chats.person(1003, "Emma", "en")
    emma.writes("/start")
    slots = emma.sees("Choose a time that suits you")
    emma.presses(slots, ":")
    emma.presses(emma.sees("Shall we book this time for you?", slots.id), "Confirm")
    assert "/reschedule" in emma.sees("You are booked!", slots.id).text


def test_mybooking_and_contact_answer(person: Person) -> None:
    """FR6, FR7."""
    person.books()
    person.writes("/mybooking")
    assert "Ваша запись" in person.sees("Ваша запись").text
    person.writes("/contact")
    assert person.sees("Напишите сюда").buttons[0]["url"].startswith("https://t.me/")
    person.cancels()
