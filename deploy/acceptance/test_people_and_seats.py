"""Who gets in, and who gets the seat."""

import re
from concurrent.futures import ThreadPoolExecutor
from html import unescape

from acceptance.conftest import Api
from acceptance.desk import Desk
from acceptance.driving import BOOKED, CONFIRM, LATER, QUESTION, TAKEN, Chats, Json, Message, Person, Store, eventually
from local.stack import Stack


def test_a_stranger_gets_one_polite_refusal_with_the_contact_link_and_no_data(chats: Chats) -> None:
    """FR2."""
    stranger = chats.person(1099, "Незнакомец")
    stranger.writes("/start")
    refusal = stranger.sees("для приглашённых кандидатов")

    assert refusal.buttons[0]["url"].startswith("https://t.me/")
    assert len(stranger.messages()) == 1


def test_a_person_removed_mid_dialog_is_refused_at_the_next_press_and_books_nothing(
    chats: Chats, desk: Desk, store: Store
) -> None:
    """FR2."""
    anna = chats.person(1004, "Анна")
    details = anna.opens_details()
    desk.remove_candidate(1004, keep_bookings=True)
    eventually(lambda: store.db.outbox.count_documents({"status": "pending"}) == 0, "the news is sent")

    query = anna.presses(details, CONFIRM)
    anna.sees("Записаться на собеседование здесь больше нельзя", details.id)

    assert anna.answer_to(query)
    assert store.db.bookings.count_documents({"telegram_id": 1004}) == 0


def test_of_those_whom_a_change_concerns_one_is_moved_one_cancelled_and_one_hears_nothing(
    stack: Stack, chats: Chats, desk: Desk, store: Store
) -> None:
    """FR10. Each reads the very message that the page showed. Guards: ``foresee``, ``is_told``."""
    vera, gleb, dina = (chats.person(number, name) for number, name in ((1008, "Вера"), (1016, "Глеб"), (1017, "Дина")))
    room_for_all = {"$expr": {"$gte": [{"$subtract": ["$max_users", {"$size": "$booked_users"}]}, 3]}}
    slot = store.db.interview_slots.find_one({"is_active": True, **room_for_all}, sort=[("starts_at", -1)])
    assert slot
    for person in (vera, gleb, dina):
        person.writes("/start")
        greeted = person.sees("").id
        desk.book_for(person.id, slot["_id"], "Договорились")
        person.sees("", after=greeted)
    page, before = desk.page, len(dina.messages())
    page.goto(f"{stack.env['ADMIN_URL']}/admin/scheduling/interviewslot/{slot['_id']}/change/")
    page.fill("[name=room]", "Мансарда")
    page.click("button[name=_save]")
    page.wait_for_selector("[name=_foreseen]", state="attached")
    page.evaluate("document.querySelectorAll('details').forEach(folded => { folded.open = true })")
    ids = [str(store.bookings_of(person.id)[0]["_id"]) for person in (vera, gleb, dina)]
    for booking_id, choice in zip(ids, ("move", "cancel", "silent"), strict=True):
        page.select_option(f"[name=for_{booking_id}]", choice)
    typed = f"to_{ids[0]}_called"
    with page.expect_response(lambda answer: f"{typed}=203" in (answer.request.post_data or "")):
        page.locator(f"[name={typed}]").press_sequentially("203")
    page.locator(".htmx-request").wait_for(state="detached")
    page.locator(f"[name=to_{ids[0]}]").first.check()
    page.fill(f"[name=words_{ids[1]}]", "Вакансия закрыта")
    page.fill("[name=untold_reason]", "Dina is met at the door")
    page.click(".desk-buttons button[type=submit]")
    page.wait_for_selector("text=Вакансия закрыта")
    page.evaluate("document.querySelectorAll('details').forEach(folded => { folded.open = true })")
    foretold = page.locator("[data-way] .wording-bubble").all_inner_texts()
    page.click(".desk-buttons button[type=submit]")
    page.wait_for_url("**/scheduling/interviewslot/")

    for person, words in ((vera, "новое время"), (gleb, "Вакансия закрыта")):
        assert unescape(re.sub(r"<[^>]+>", "", person.finds(words).text)) in foretold
    moved, kept = store.bookings_of(vera.id)[0], store.bookings_of(dina.id)[0]
    assert moved["slot_id"] != slot["_id"] == kept["slot_id"] and kept["slot"]["room"] == "Мансарда"
    assert store.bookings_of(gleb.id) == []
    assert len(dina.messages()) == before
    for booking in (moved, kept):
        desk.cancel_booking(booking["_id"], "Проверка")


def test_a_removed_persons_booking_is_cancelled_when_staff_say_so_and_they_are_told(
    chats: Chats, desk: Desk, store: Store
) -> None:
    """FR2."""
    petr = chats.person(1005, "Пётр")
    petr.books()
    desk.remove_candidate(1005, keep_bookings=False)

    news = petr.sees("нам пришлось отменить ваше собеседование")

    assert "Вакансия закрыта" in news.text
    assert news.labels == [], "nothing new is offered"
    assert store.bookings_of(1005) == []


def test_who_is_booked_in_the_desk_is_told_in_chat_with_the_calendar_file(
    chats: Chats, desk: Desk, api: Api, store: Store
) -> None:
    """FR10, R4."""
    vera = chats.person(1020, "Вера")
    vera.opens_slots()
    slot = next(item for item in api.slots() if item["free"] > 1)

    desk.book_for(1020, slot["id"], "Как договорились по телефону")

    news = vera.sees("вы записаны на собеседование")
    assert "Как договорились по телефону" in news.text
    assert "/reschedule" in news.text
    assert f"{store.bookings_of(1020)[0]['_id']}@slotdesk" in vera.gets_file("календарь").content
    vera.cancels()


def _button_of(slot: Json, message: Message) -> Json | None:
    """A slot's button carries its id."""
    return next((button for button in message.buttons if slot["id"] in button.get("callback_data", "")), None)


def _next_page(person: Person, page: Message) -> Message:
    """Press Later and wait for the page to turn."""
    person.presses(page, LATER)

    def turned() -> Message | None:
        return next((message for message in person.messages() if message.id == page.id and message != page), None)

    return eventually(turned, "the next page")


def test_the_last_seat_lost_is_said_in_the_same_message_with_slots_that_can_be_had(chats: Chats, api: Api) -> None:
    """FR5."""
    maria = chats.person(1001)
    slot = next(item for item in api.slots() if item["free"] == 1 and item["city"]["name"] == "Москва")
    slots = maria.opens_slots()
    while not (button := _button_of(slot, slots)):
        slots = _next_page(maria, slots)
    maria.presses_data(slots, button["callback_data"])
    details = maria.sees(QUESTION, slots.id)
    assert api.book(1006, slot, "the-last-seat") == "booked"

    maria.presses(details, CONFIRM)
    lost = maria.sees(TAKEN, details.id)

    assert not any(slot["id"] in button.get("callback_data", "") for button in lost.buttons)
    maria.presses(lost, ":")
    maria.presses(maria.sees(QUESTION, lost.id), CONFIRM)
    maria.sees(BOOKED, lost.id)
    maria.cancels()


def test_a_move_whose_target_fills_meanwhile_keeps_the_old_seat(chats: Chats, api: Api, store: Store) -> None:
    """FR6."""
    olga = chats.person(1007, "Ольга")
    olga.books()
    (before,) = store.bookings_of(1007)
    olga.writes("/reschedule")
    choice = olga.sees("На какое время перенести?")
    olga.presses(choice, ":")
    question = olga.sees("Перенести вашу запись на это время?", choice.id)
    shown = next(item for item in api.slots() if choice.buttons[0]["callback_data"].endswith(item["id"]))
    for number in range(shown["free"]):
        assert api.book(1013 + number, shown, f"fills-{number}") == "booked"

    olga.presses(question, CONFIRM)
    olga.sees(TAKEN, question.id)

    (after,) = store.bookings_of(1007)
    assert (after["slot_id"], after["version"]) == (before["slot_id"], 1)
    for number in range(shown["free"]):
        chats.person(1013 + number).cancels()


def test_confirm_pressed_twenty_times_at_once_books_once(person: Person, store: Store) -> None:
    """I2, I3; every press is answered."""
    details = person.opens_details()
    with ThreadPoolExecutor(20) as pool:
        queries = list(pool.map(lambda _: person.presses_data(details, details.buttons[0]["callback_data"]), range(20)))
    person.sees(BOOKED, details.id)

    for query in queries:
        person.answer_to(query)
    assert store.db.bookings.count_documents({"telegram_id": person.id, "live": True}) == 1
    person.cancels()


def test_forged_buttons_change_nothing_and_are_answered_plainly(chats: Chats, store: Store) -> None:
    """NFR3: another person's booking, nonsense, an empty version."""
    owner, thief = chats.person(1001), chats.person(1012, "Вор")
    owner.books()
    (booking,) = store.bookings_of(1001)
    thief.writes("/mybooking")
    message = thief.sees("У вас нет предстоящих собеседований")
    for data in (f"1:cy:{booking['_id']}:1", f"1:mv:{booking['_id']}", "1:ok:0000", "9:zz", "💥", "1:s:x:y"):
        thief.answer_to(thief.presses_data(message, data))

    assert store.bookings_of(1001)[0]["version"] == booking["version"]
    assert store.bookings_of(1012) == []
    owner.cancels()
