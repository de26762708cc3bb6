"""Texts, dates, buttons: what can be checked without a chat."""

import re
import string
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import get_args

import pytest
from babel.messages.pofile import read_po

import interview_bot
from interview_bot.dialogs.context import COMMANDS, RECRUITER_COMMANDS
from interview_bot.dialogs.joining import REFUSED
from interview_bot.store.request_records import RequestKind
from interview_bot.views import callback_data
from interview_bot.views.callback_data import Action, StaleDataError, pack, unpack
from interview_bot.views.formatting import moment
from interview_bot.views.html_text import button_name
from interview_bot.views.outcome_screens import SEAT_OFFER_ENDED
from interview_bot.views.slots.labels import LONGEST, Style, slot_labels
from interview_bot.views.slots.pages import page_name, slot_page
from interview_bot.views.texts import LANGUAGES, LOCALE_DIR, language_of, texts_for
from shared_contracts.booking import Outcome
from shared_contracts.card import CardOccasion, DecidedBy
from shared_contracts.digest import Farewell
from shared_contracts.directory import BookingStatus, CityRef, NamedRef, SlotView
from shared_contracts.questionnaire import WrongAnswer
from shared_contracts.telegram.text import utf16_length
from tests.kit.desk import YEKATERINBURG, Desk


def key_of(message_id: object) -> str:
    """The key of a text; one that goes with a number has a plural's beside it."""
    return str(message_id[0] if isinstance(message_id, tuple) else message_id)


CATALOGS = {
    language: read_po((LOCALE_DIR / language / "LC_MESSAGES" / "bot.po").open("rb"), locale=language)
    for language in LANGUAGES
}
KEYS = {language: {key_of(m.id) for m in catalog if m.id} for language, catalog in CATALOGS.items()}


def forms_of(text: object) -> tuple[str, ...]:
    """A text, or its singular and plurals."""
    return text if isinstance(text, tuple) else (str(text),)


def placeholders(text: str) -> set[str]:
    """The names in braces."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_each_language_has_every_text_with_the_same_placeholders() -> None:
    """Every text exists in both languages."""
    assert KEYS["ru"] == KEYS["en"]
    for key in KEYS["ru"]:
        messages = [CATALOGS[language].get(key) for language in LANGUAGES]
        forms = [forms_of(message.string) for message in messages if message is not None]
        assert len(forms) == len(LANGUAGES), key
        assert all(all(texts) for texts in forms), key
        assert len({frozenset(placeholders(text)) for texts in forms for text in texts}) == 1, key


def test_every_text_asked_for_exists_and_every_text_there_is_asked_for() -> None:
    """A misspelt key would show itself instead of a text."""
    root = Path(interview_bot.__file__).parent
    source = "\n".join(path.read_text() for path in root.rglob("*.py"))
    written = {key for key in KEYS["ru"] if re.search(rf"""["']{re.escape(key)}["']""", source)}
    built = {f"outcome.{o.value}" for o in Outcome} | {f"waiting.{o}" for o in ("joined", "already_joined")}
    built |= {f"status.{s.value}" for s in BookingStatus}
    built |= {f"command.{name}" for name in (*COMMANDS, *RECRUITER_COMMANDS)}
    built |= {f"request.{kind}" for kind in get_args(RequestKind)}
    built |= {f"card.notice_{occasion}" for occasion in set(CardOccasion) - {CardOccasion.OUTCOME_DUE}}
    built |= {f"card.by_{kind}" for kind in get_args(DecidedBy.model_fields["kind"].annotation)}
    built |= {f"farewell.{became}" for became in get_args(Farewell.model_fields["became"].annotation)}
    built |= {f"{key}_request" for key in re.findall(r"""move_key\(["']([a-z_.]+)["']""", source)}
    built |= {f"{key}_last" for key in SEAT_OFFER_ENDED.values()}
    built |= {f"wrong.{why.value}" for why in WrongAnswer} | {f"joining.{outcome.value}" for outcome in REFUSED}
    assert built <= KEYS["ru"]
    assert KEYS["ru"] - written - built == set()
    asked = set(re.findall(r"""(?:texts|plain|counted|acknowledge)\(\s*["']([a-z]+\.[a-z_]+)["']""", source))
    assert asked <= KEYS["ru"], asked - KEYS["ru"]


def test_outcomes_are_told_apart() -> None:
    """R2: no two outcomes read the same, in either language."""
    for language in LANGUAGES:
        texts = [texts_for(language)(f"outcome.{outcome.value}") for outcome in Outcome]
        assert len(set(texts)) == len(Outcome)
    assert texts_for("en")("outcome.slot_full") == "Sorry, this slot is no longer available."
    assert texts_for("ru")("outcome.slot_full") == "Это время только что заняли."


@pytest.mark.parametrize(
    ("code", "language"),
    [(None, "ru"), ("ru", "ru"), ("uk", "ru"), ("be", "ru"), ("kk", "ru"), ("en", "en"), ("en-GB", "en"), ("de", "en")],
)
def test_the_language_follows_telegrams(code: str | None, language: str) -> None:
    """Russian first, English for other readers."""
    assert language_of(code) == language


def test_what_people_typed_is_escaped_in_html_and_left_alone_on_buttons() -> None:
    """Guard: ``Texts.__call__``."""
    texts = texts_for("ru")
    assert texts("notice.reason", reason="<b>&") == "💬 &lt;b&gt;&amp;"
    assert texts.plain("notice.reason", reason="<b>&") == "💬 <b>&"


def button(slot: SlotView, zone: str | None, language: str = "ru", *, with_city: bool = False) -> str:
    """The slot on a button that has room for it."""
    return slot_labels([slot], zone, texts_for(language), Style(with_city=with_city, room=200)).buttons[0]


def test_dates_read_naturally_and_the_zone_is_named_unless_it_is_moscows(desk: Desk) -> None:
    """Weekday and month in the reader's language; storage is UTC."""
    slot = desk.add_slot(1, starts_at=datetime(2026, 11, 24, 11, 20, tzinfo=UTC))
    booking = desk.book(1001, slot)
    assert moment(slot.starts_at, booking, None, texts_for("ru")) == "вторник, 24 ноября, 14:20"
    assert moment(slot.starts_at, booking, None, texts_for("en")) == "Tuesday, 24 November, 14:20"
    far = slot.model_copy(update={"city": YEKATERINBURG})
    assert button(far, None) == "вт 24 нояб., 16:20 (Екатеринбург) · Офис на Тверской, каб. 1"
    assert "(Yekaterinburg)" in button(far, None, "en")
    assert "16:20 (Екатеринбург; у вас 14:20) ·" in button(far, "Europe/Moscow", with_city=True)
    assert "16:20 (Yekaterinburg; your time 14:20) · Ека" in button(far, "Europe/Moscow", "en", with_city=True)
    online = far.model_copy(update={"online": True})
    assert "14:20 · онлайн" in button(online, "Europe/Moscow")
    assert "14:20" in button(slot, "No/Such_Zone")


def test_slots_that_read_the_same_on_buttons_are_told_apart(desk: Desk) -> None:
    """By recruiter, or else by length; what can't be mistaken says no more than before. Guard: ``_told_apart``."""
    slot = desk.add_slot(1, starts_at=datetime(2026, 11, 24, 11, 20, tzinfo=UTC))
    texts = texts_for("ru")
    anna, boris = (
        slot.model_copy(update={"id": number, "recruiter": NamedRef(id=number, name=name)})
        for number, name in (("a" * 24, "Анна Ветрова"), ("b" * 24, "Борис Ильин"))
    )
    long = anna.model_copy(update={"duration_minutes": 40})
    other = boris.model_copy(update={"room": "каб. 2"})
    wide = Style(room=200)
    assert slot_labels([anna, boris], None, texts, wide).buttons == [
        "вт 24 нояб., 14:20 · Анна Ветрова · Офис на Тверской, каб. 1",
        "вт 24 нояб., 14:20 · Борис Ильин · Офис на Тверской, каб. 1",
    ]
    assert [label.split(" · ")[1] for label in slot_labels([anna, long], None, texts, wide).buttons] == [
        "20 минут",
        "40 минут",
    ]
    assert slot_labels([anna, other], None, texts, wide).buttons == [button(one, None) for one in (anna, other)]


@pytest.mark.parametrize(
    ("language", "label", "facts"),
    [
        (
            "ru",
            "вт 24 нояб., 21:20 · Офис…, комн. 5",
            ["🕐 Время по городу: Владивосток; там 21:20 — у вас 14:20", "📍 Офис на Светланской, 12"],
        ),
        (
            "en",
            "Tue 24 Nov, 21:20 · Офис…, комн. 5",
            ["🕐 Times are local: Vladivostok; 21:20 there is 14:20 for you", "📍 Офис на Светланской, 12"],
        ),
    ],
)
def test_a_long_button_leaves_what_is_said_once_to_the_text(
    desk: Desk, language: str, label: str, facts: list[str]
) -> None:
    """FR3: date, weekday, time, location and room stay on it, and a phone shows all of it. Guards: ``LONGEST``,
    ``shared_clocks``, ``_clipped``."""
    far = desk.add_slot(
        1,
        starts_at=datetime(2026, 11, 24, 11, 20, tzinfo=UTC),
        city=CityRef(id="c" * 24, name="Владивосток", timezone="Asia/Vladivostok"),
        location="Офис на Светланской, 12",
        room="комн. 5",
    )
    later = far.model_copy(update={"id": "a" * 24, "starts_at": far.starts_at + timedelta(hours=1), "room": "комн. 6"})
    labels = slot_labels([far, later], "Europe/Moscow", texts_for(language))
    assert labels.buttons[0] == label and labels.buttons[1].endswith("комн. 6")
    assert all(len(text) <= LONGEST for text in labels.buttons)
    assert list(labels.facts) == facts


def test_times_on_different_clocks_and_offices_that_begin_alike_are_told_apart_on_long_buttons(desk: Desk) -> None:
    """Nothing is said once that is not so of all. Guard: ``_told_apart``."""
    vladivostok = CityRef(id="c" * 24, name="Владивосток", timezone="Asia/Vladivostok")
    here = desk.add_slot(1, starts_at=datetime(2026, 11, 24, 11, 20, tzinfo=UTC), location="Офис на Светланской, 12")
    there = here.model_copy(update={"id": "a" * 24, "city": vladivostok})
    mixed = slot_labels([here, there], "Europe/Moscow", texts_for("ru"))
    assert "(Владивосток; у вас 14:20)" in mixed.buttons[1] and "🕐" not in "".join(mixed.facts)
    beside = here.model_copy(update={"id": "b" * 24, "location": "Офис на Светланской, 14"})
    one, other = slot_labels([here, beside], "Europe/Moscow", texts_for("ru")).buttons
    assert one != other and one.endswith(", каб. 1") and "12" in one and "14" in other


def test_no_button_carries_more_than_telegram_takes() -> None:
    """64 bytes, for the longest of each action."""
    longest = {
        callback_data._ID: "f" * 24,
        callback_data._PAGE: "z" * 8 + "." + "f" * 6,
        r"[0-9a-f]{16}": "f" * 16,
        callback_data._VERSION: "9" * 9,
        callback_data._TURN: "9" * 9,
        callback_data._MINUTE: "9" * 9,
        callback_data._MENU_PAGE: "9" * 3,
        callback_data._MONTH: "209912",
        callback_data._DAY: "20991231",
        callback_data._RECRUITER: "f" * 24,
        callback_data._QUESTION: "f" * 8,
        r"[a-z0-9_]{1,24}": "z" * 24,
        callback_data._NUMBER: "5",
        callback_data._MARK: "u",
        callback_data._REJECTION: "t",
        callback_data._REASON: "p9",
        callback_data._DELAY: "20",
        callback_data._SLOT_END: "w",
        callback_data._CANCEL_REASON: "w3",
        callback_data._LANGUAGE: "en",
        callback_data._EVENT: "f" * 24,
        callback_data._SEEN: "s" + "f" * 8,
    }
    for action, patterns in callback_data._ARGUMENTS.items():
        arguments = [longest[pattern] for pattern in patterns]
        data = pack(action, *arguments)
        assert len(data.encode()) <= 64, data
        assert unpack(data) == callback_data.Pressed(action, tuple(arguments))


@pytest.mark.parametrize(
    "data", [None, "", "1", "1:", "2:st", "1:st:x", "1:ev", "1:ev:XYZ", "1:sl:" + "a" * 24, "1:zz"]
)
def test_foreign_data_is_stale(data: str | None) -> None:
    """Versions and shapes are checked before anything is looked up."""
    with pytest.raises(StaleDataError):
        unpack(data)


def test_a_page_means_the_same_after_slots_before_it_filled_up(desk: Desk) -> None:
    """A page's button pressed twice, with a slot gone in between, shows the same first slot."""
    slots = [desk.add_slot(number) for number in range(1, 10)]
    later = slot_page(slots, None).later
    assert later is not None
    assert slot_page(slots, later).slots == slots[3:6]
    assert slot_page(slots[1:], later).slots == slots[3:6]
    assert slot_page(slots[:3] + slots[4:], later).slots == slots[4:7]
    last = slot_page(slots, page_name(slots[8]))
    assert (last.slots, last.later) == ([slots[8]], None)
    assert last.earlier == page_name(slots[5])
    assert slot_page([], None).slots == []
    assert Action.PAGE.value == "pg"


@pytest.mark.parametrize("name", ["🎉" * 128, "Очень" * 20])
def test_a_long_name_leaves_the_button_to_what_it_is_about(name: str) -> None:
    """Guard: ``_NAME_ON_BUTTON``."""
    assert utf16_length(button_name(name)) <= 40
    assert button_name(name).endswith("…")


def test_a_name_from_right_to_left_does_not_turn_the_button_round() -> None:
    """Guard: ``button_name``."""
    assert button_name("محمد") == "\u2068محمد\u2069"
