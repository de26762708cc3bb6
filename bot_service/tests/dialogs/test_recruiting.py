"""R3, R4: recruiters' own dialogs, who may press what, and how a card reads."""

import re
from datetime import UTC, datetime
from html import unescape
from typing import Any

import pytest

from interview_bot.views.recruiter.by_hand import notice_to_send_by_hand
from interview_bot.views.recruiter.card_screens import card_screen
from interview_bot.views.texts import texts_for
from shared_contracts.booking import Outcome
from shared_contracts.card import CardAnswer, CardAttention, DecidedBy, RecruiterCard
from shared_contracts.directory import BookingStatus
from shared_contracts.fields import Bilingual
from shared_contracts.notification import CacheName, NotificationKind
from shared_contracts.transport.topology import CARD_COMMAND
from tests.kit.desk import CONTACT_URL, EVENT, YEKATERINBURG, Desk
from tests.kit.recruiting import RITA
from tests.kit.telegram import Message, Person, Sandbox, eventually


async def test_open_requests_are_listed_by_pages_and_opened_in_place(rita: Person, desk: Desk) -> None:
    """/requests: name and time on a button; the card takes the list's place, its old message points to it."""
    for number in range(3, 11):
        desk.add_slot(number)
    for number in range(1, 11):
        desk.recruiting.card(RITA, desk.book(1001, desk.slots[f"{number:024x}"], number))
    await desk.show_card(number=1)
    card = await rita.sees("Ждёт вашего ответа")
    await rita.writes("/requests")
    requests = await rita.sees("ждут вашего ответа:")
    assert len(requests.buttons) == 9
    assert requests.labels[0].endswith(" · Анна <Смелая>")  # the time stands before the name
    assert requests.labels[-1] == "Следующие →"
    await rita.presses(requests, "Следующие")
    last = await eventually(lambda: labelled(rita, "← Предыдущие"), "the last page")
    assert len(last.buttons) == 3
    await rita.presses(last, "Предыдущие")
    first = await eventually(lambda: labelled(rita, "Следующие →"), "the first page")
    await rita.sends_data(first, first.buttons[0]["callback_data"])
    shown = await rita.sees("каб. 1")
    assert shown.id == requests.id
    await eventually(lambda: reads(rita, card.id, "Карточка собеседования ниже"), "the old message points below")
    await rita.presses(shown, "Подтвердить")
    await rita.sees("✅ Подтверждена")
    await desk.send(
        CARD_COMMAND.name,
        desk.recruiting.command(RITA, desk.recruiting.cards[RITA, f"b{1:023x}"], CardAttention.UPDATE),
    )
    assert len(desk.requests) == 1


async def test_a_listed_request_that_was_answered_meanwhile_says_so(rita: Person, desk: Desk) -> None:
    """The list may be old."""
    desk.recruiting.card(RITA, desk.book(1001, desk.slots[f"{1:024x}"]))
    await rita.writes("/requests")
    requests = await rita.sees("ждут вашего ответа:")
    desk.recruiting.cards.clear()
    await rita.sends_data(requests, requests.buttons[0]["callback_data"])
    assert (await rita.sees("уже ответили")).id == requests.id


async def test_recruiters_have_their_own_menu_and_help(rita: Person, sandbox: Sandbox) -> None:
    """No candidate's commands for who is no candidate."""
    await rita.writes("/help")
    assert "/requests" in (await rita.sees("Вот что я умею")).text
    assert "/mybooking" not in (await rita.sees("Вот что я умею")).text
    await rita.writes("/mybooking")
    await rita.sees("Эта команда для кандидатов")
    [call] = [call for call in await sandbox.calls("setMyCommands") if "scope" in str(call) and str(RITA) in str(call)]
    assert "requests" in str(call)


async def test_someone_who_is_both_has_both(sandbox: Sandbox, anna: Person, desk: Desk) -> None:
    """A recruiter on the candidates' list."""
    desk.dialogs.employ(1001, "Анна")
    await desk.invalidate(CacheName.RECRUITERS)

    async def has_requests() -> bool:
        await anna.writes("/requests")
        return bool(await anna.sees("нет заявок", seconds=0.5))

    await eventually(has_requests, "a recruiter")
    await anna.writes("/start")
    home = await anna.sees("На какое собеседование")
    assert home.labels == ["Стажировка", "Заявки кандидатов"]
    await anna.writes("/help")
    text = (await anna.sees("Вот что я умею")).text
    assert "/requests" in text
    assert "/mybooking" in text


def press_of(action: str, card: RecruiterCard) -> str:
    """The data of a button under a card that was not pressed yet."""
    return f"1:{action}:{card.booking.id}:1:0" + {"co": ":0", "cm": ":a"}.get(action, "")


@pytest.mark.parametrize("action", ["ca", "cr", "cj", "cn", "cb", "co", "cm", "cs", "rq"])
async def test_a_candidate_pressing_a_recruiters_button_changes_nothing(anna: Person, desk: Desk, action: str) -> None:
    """Guard: the role in ``presses.handle``. A card of that very chat exists, so that nothing else refuses."""
    await anna.writes("/start")
    await anna.sees("Выберите удобное время")
    card = await desk.show_card(to=1001)
    shown = await anna.sees("Ждёт вашего ответа")
    data = {"cs": f"1:cs:{card.booking.id}", "rq": "1:rq:0"}.get(action, press_of(action, card))
    answer = await anna.answer_to(await anna.sends_data(shown, data))
    assert "устарела" in answer["text"]
    await anna.sees("У вас уже есть запись")  # the one that the card is about
    assert desk.requests == []
    assert "/api/recruiter-cards" not in desk.asked


@pytest.mark.parametrize("action", ["ca", "cr", "cj", "cn", "cb", "co", "cm"])
async def test_another_recruiters_card_can_not_be_pressed(
    sandbox: Sandbox, rita: Person, desk: Desk, action: str
) -> None:
    """Guard: the card must be held in the presser's own chat, by the pressed message."""
    card = await desk.show_card()
    await rita.sees("Ждёт вашего ответа")
    desk.dialogs.employ(2002, "Олег", 2)
    await desk.invalidate(CacheName.RECRUITERS)
    oleg = await sandbox.person(2002, "Олег")

    async def served() -> bool:
        await oleg.writes("/start")
        return bool(await oleg.sees("нет заявок", seconds=0.5))

    await eventually(served, "Oleg is served")
    own = await oleg.sees("нет заявок")
    answer = await oleg.answer_to(await oleg.sends_data(own, press_of(action, card)))
    assert "устарела" in answer["text"]
    await oleg.sees("нет заявок")
    assert desk.requests == []


@pytest.mark.parametrize(
    "data", ["1:ca:{id}:2:0", "1:ca:{id}:1:7", "1:cn:{id}:9:0", "1:cj:{id}:2:0", "1:ca:{id}:0:0", "1:ca:x:1:0", "\x00ÿ"]
)
async def test_an_old_version_or_random_bytes_change_nothing(rita: Person, desk: Desk, data: str) -> None:
    """Guards: ``_is_current``, ``callback_data.unpack``. The person sees what is possible now."""
    card = await desk.show_card()
    shown = await rita.sees("Ждёт вашего ответа")
    answer = await rita.answer_to(await rita.sends_data(shown, data.replace("{id}", card.booking.id)))
    assert "устарела" in answer["text"]
    assert desk.requests == []
    await rita.sees("ждут вашего ответа:" if data[0] != "1" or ":0:0" in data or ":x:" in data else "Ждёт вашего")


@pytest.mark.parametrize("data", ["1:mb", "1:st", f"1:ev:{EVENT.id}", "1:ok:0000000000000000", f"1:wl:{EVENT.id}"])
async def test_a_recruiter_can_not_press_as_a_candidate(rita: Person, desk: Desk, data: str) -> None:
    """Guard: the role in ``presses.handle``: who is no candidate books nothing."""
    shown = await rita.sees("нет заявок")
    answer = await rita.answer_to(await rita.sends_data(shown, data))
    assert "устарела" in answer["text"]
    await rita.sees("нет заявок")
    assert (desk.requests, "/api/available-slots" in desk.asked) == ([], False)


async def test_a_recruiter_who_was_removed_is_refused_at_the_next_press(rita: Person, desk: Desk) -> None:
    """FR2, R6. Guard: the look-up at every press; the list is dropped by the desk's message."""
    await desk.show_card()
    card = await rita.sees("Ждёт вашего ответа")
    desk.dialogs.recruiters.clear()
    await desk.invalidate(CacheName.RECRUITERS)

    async def refused() -> bool:
        answer = await rita.answer_to(await rita.sends_data(card, "1:rq:0"))
        return "приглашённых" in (answer["text"] or "")

    await eventually(refused, "refused")
    await rita.sends_data(card, card.data("Подтвердить"))
    await rita.sees("приглашённых")
    assert desk.requests == []


async def labelled(person: Person, label: str) -> Message | None:
    """The last message, once it has that button."""
    last = (await person.messages())[-1]
    return last if label in last.labels else None


async def reads(person: Person, message_id: int, text: str) -> bool:
    """Whether a message reads so by now."""
    return any(m.id == message_id and text in m.text for m in await person.messages())


async def test_for_a_candidate_the_bot_can_not_reach_the_card_has_the_ready_text(rita: Person, desk: Desk) -> None:
    """R4: by the template, plain, in a block to copy, with a button to the candidate."""
    card = await desk.show_card()
    await rita.sees("Ждёт вашего ответа")
    booked = card.booking.model_copy(
        update={
            "status": BookingStatus.BOOKED,
            "version": 2,
            "recruiter_url": "https://t.me/rita_recruiter",
            "contact_url": CONTACT_URL,
        }
    )
    unreachable = card.candidate.model_copy(update={"reachable": False})
    done = card.model_copy(
        update={"booking": booked, "revision": 2, "candidate": unreachable, "decided_by": DecidedBy(kind="staff")}
    )
    await desk.send(CARD_COMMAND.name, desk.recruiting.command(RITA, done, CardAttention.UPDATE))
    shown = await rita.sees("Отправьте, пожалуйста, этот текст сами")
    ready = shown.html.partition("<pre>")[2].partition("</pre>")[0]
    assert unescape(ready).startswith("🎉 Поздравляем, Анна <Смелая>!")
    assert "Рита Рекрутер: https://t.me/rita_recruiter" in ready
    assert shown.buttons[2:] == [{"text": "Написать кандидату", "url": "https://t.me/anna_candidate"}]


def a_card(desk: Desk, **changes: Any) -> RecruiterCard:
    """Anna's request, from far away."""
    slot = desk.add_slot(1, city=YEKATERINBURG, starts_at=datetime(2026, 11, 24, 20, 30, tzinfo=UTC))
    expires = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
    booking = desk.book(1001, slot).model_copy(update={"expires_at": expires})
    return desk.recruiting.card(RITA, booking, **changes)


def test_an_interview_is_told_on_its_places_clock_and_deadlines_on_the_recruiters(desk: Desk) -> None:
    """R3, spec "Time", where a move is told from and to as well."""
    card = a_card(desk, timezone="Asia/Vladivostok")
    text = card_screen(card, texts_for("ru"), 0).text
    assert "Ответьте до 24 ноября, 19:00 (Владивосток)" in text
    assert "среда, 25 ноября 2026" in text
    assert "01:30 (Екатеринбург; у вас 06:30)" in text
    wanted = desk.add_slot(2, city=YEKATERINBURG, starts_at=datetime(2026, 11, 25, 8, 0, tzinfo=UTC))
    moved = card.booking.model_copy(update={"requested_slot": wanted, "status": BookingStatus.BOOKED})
    text = card_screen(card.model_copy(update={"booking": moved, "timezone": None}), texts_for("en"), 0).text
    stands, wants = text.index("🕐 01:30 (Yekaterinburg)"), text.index("🔁 Wants: Wednesday, 25 November, 13:00 (Yekat")
    assert stands < wants, "what stands comes first"


def test_a_deputy_sees_for_whom_and_a_former_holder_that_it_is_not_theirs(desk: Desk) -> None:
    """No buttons for who no longer holds it."""
    card = a_card(desk, for_deputy=True)
    assert "За рекрутера: Рита Рекрутер" in card_screen(card, texts_for("ru"), 0).text
    gone = card_screen(card.model_copy(update={"yours": False}), texts_for("ru"), 0)
    assert "Передана коллегам" in gone.text
    assert gone.keyboard is None


@pytest.mark.parametrize("status", list(BookingStatus))
@pytest.mark.parametrize("language", ["ru", "en"])
def test_every_state_has_its_words(desk: Desk, status: BookingStatus, language: str) -> None:
    """Only what awaits an answer has buttons."""
    card = a_card(desk)
    screen = card_screen(
        card.model_copy(update={"booking": card.booking.model_copy(update={"status": status})}), texts_for(language), 0
    )
    assert (screen.keyboard is not None) is (status is BookingStatus.PENDING)
    assert "card." not in screen.text


@pytest.mark.parametrize("character", ["я", "🎓", "<"])
def test_long_answers_are_cut_so_that_the_card_fits_one_message(desk: Desk, character: str) -> None:
    """Guard: ``clip``; Telegram counts UTF-16 units after the markup."""
    answers = [
        CardAnswer(
            question=Bilingual(ru=f"Вопрос {n}", en=f"Question {n}"), answer=Bilingual(ru=character * 900, en="-")
        )
        for n in range(30)
    ]
    text = card_screen(
        a_card(desk, answers=answers, reason="п" * 4000), texts_for("ru"), 0, text_by_hand="г" * 4000
    ).text
    visible = unescape(re.sub(r"</?(?:b|i|blockquote)(?: expandable)?>", "", text))
    assert len(visible.partition("👤 ")[2].encode("utf-16-le")) // 2 < 4096 + 60
    text = card_screen(a_card(desk, answers=answers), texts_for("ru"), 0).text
    assert "Вопрос 0" in text
    assert "…" in text
    assert text.count("<blockquote expandable>") == text.count("</blockquote>") > 1  # guard: ``_folded``
    short = [CardAnswer(question=Bilingual(ru="Опыт", en="?"), answer=Bilingual(ru="Есть", en="-"))]
    assert "blockquote" not in card_screen(a_card(desk, answers=short), texts_for("ru"), 0).text


async def test_a_full_card_is_taken_by_telegram(rita: Person, desk: Desk) -> None:
    """The same limit, as the sandbox counts."""
    answers = [
        CardAnswer(question=Bilingual(ru="Вопрос <&>", en="?"), answer=Bilingual(ru="🎓<" * 200, en="-"))
        for _ in range(30)
    ]
    await desk.show_card(answers=answers)
    card = await rita.sees("Анкета")
    await rita.presses(card, "Отклонить")
    await rita.presses(await rita.sees("Что не подходит?"), "Это время")
    await rita.sees("Напишите причину")
    desk.outcome = Outcome.FAILED
    await rita.writes("Нет")
    await rita.sees("не принят")


def test_what_has_to_be_told_by_hand(desk: Desk) -> None:
    """R4: decisions, and the wish for another time; never what the candidate did."""
    card = a_card(desk)
    far = card.model_copy(update={"candidate": card.candidate.model_copy(update={"reachable": False})})

    def kind(status: BookingStatus, by: str = "staff", **changes: Any) -> NotificationKind | None:
        booking = far.booking.model_copy(update={"status": status} | changes)
        decided = DecidedBy.model_validate({"kind": by})
        return notice_to_send_by_hand(far.model_copy(update={"booking": booking, "decided_by": decided}))

    assert notice_to_send_by_hand(card) is None
    assert kind(BookingStatus.PENDING) is None
    assert kind(BookingStatus.PENDING, reschedule_asked=True) is NotificationKind.RESCHEDULE_ASKED
    assert kind(BookingStatus.BOOKED) is NotificationKind.BOOKING_APPROVED
    assert kind(BookingStatus.REJECTED) is NotificationKind.BOOKING_REJECTED
    assert kind(BookingStatus.EXPIRED, "system") is NotificationKind.BOOKING_EXPIRED
    assert kind(BookingStatus.CANCELLED) is NotificationKind.BOOKING_CANCELLED
    assert kind(BookingStatus.CANCELLED, "candidate") is None
