"""Ownership: whatever a button's data says, only what is the presser's own and possible now has an effect."""

import pytest

from interview_bot.views.callback_data import _ARGUMENTS, Action, pack
from shared_contracts.dialog import QuestionnaireAnswered, WaitingListJoined
from shared_contracts.questionnaire import QuestionKind
from tests.kit.desk import EVENT, Desk
from tests.kit.questions import STUDIES, question
from tests.kit.telegram import Person, Sandbox

BOOKING = f"b{1:023x}"
SLOT = f"{2:024x}"
RECRUITER = "d" * 23 + "1"
CITY = "c" * 23 + "1"
PAGE = "zz.aaaaaa"

FORGED: dict[Action, tuple[str, ...]] = {
    Action.HOME: (),
    Action.CONTINUE: (),
    Action.EVENTS: ("999",),
    Action.OTHER_TIMES: (EVENT.id, "any"),
    Action.SIGN_UP: (EVENT.id,),
    Action.PAGE: (EVENT.id, PAGE),
    Action.DAYS: (EVENT.id, "0"),
    Action.DAY: (EVENT.id, "20990228", "999"),
    Action.CHOOSE: (EVENT.id, SLOT),
    Action.CONFIRM: ("0" * 16,),
    Action.BACK: (),
    Action.MY_BOOKINGS: (),
    Action.MOVE: (BOOKING,),
    Action.MOVE_PAGE: (BOOKING, PAGE),
    Action.MOVE_DAYS: (BOOKING, "209902"),
    Action.MOVE_DAY: (BOOKING, "20990228", "0"),
    Action.MOVE_CHOOSE: (BOOKING, SLOT),
    Action.MOVE_CITIES: (BOOKING, "0"),
    Action.MOVE_CITY: (BOOKING, CITY),
    Action.MOVE_RECRUITERS: (BOOKING, "0"),
    Action.MOVE_RECRUITER: (BOOKING, RECRUITER),
    Action.WITHDRAW_MOVE: (BOOKING,),
    Action.CANCEL: (BOOKING,),
    Action.CANCEL_CONFIRM: (BOOKING, "1"),
    Action.CITIES: (EVENT.id, "0"),
    Action.CITY: (EVENT.id, CITY),
    Action.RECRUITERS: (EVENT.id, "999"),
    Action.RECRUITER: (EVENT.id, RECRUITER),
    Action.ANSWER: ("0" * 8, "no"),
    Action.SKIP: ("0" * 8,),
    Action.QUESTION_BACK: ("0" * 8,),
    Action.QUESTION_PAGE: ("0" * 8, "999"),
    Action.TAKE: (BOOKING, "1"),
    Action.PASS: (BOOKING, "1"),
    Action.COMING: (BOOKING, "29000000"),
    Action.NOT_COMING: (BOOKING, "29000000"),
    Action.NOT_COMING_CONFIRM: (BOOKING, "29000000"),
    Action.ASK_TIME: (BOOKING, "29000000"),
    Action.DELAY: (BOOKING, "29000000"),
    Action.MY_DELAY: (BOOKING, "29000000"),
    Action.DELAY_BY: (BOOKING, "29000000", "10"),
    Action.ANSWERS: (BOOKING, "29000000"),
    Action.TAKE_TIME: (BOOKING, SLOT, "29000000"),
    Action.KEEP_TIME: (BOOKING, SLOT, "29000000"),
    Action.WAIT: (EVENT.id,),
    Action.LEAVE: (EVENT.id,),
    Action.REQUESTS: ("0",),
    Action.CARD_SHOW: (BOOKING,),
    Action.CARD_LIST: (BOOKING,),
    Action.CARD_APPROVE: (BOOKING, "1", "0"),
    Action.CARD_RESCHEDULE: (BOOKING, "1", "0"),
    Action.CARD_REJECT: (BOOKING, "1", "0"),
    Action.CARD_REJECT_WHAT: (BOOKING, "1", "0", "t"),
    Action.CARD_REJECT_FOR: (BOOKING, "1", "0", "p1"),
    Action.CARD_REJECT_WITHOUT_REASON: (BOOKING, "1", "0"),
    Action.CARD_BACK: (BOOKING, "1", "0"),
    Action.CARD_PROPOSE: (BOOKING, "1", "0", "0"),
    Action.CARD_MARK: (BOOKING, "1", "0", "a"),
    Action.CARD_DAY: (BOOKING, "20261127"),
    Action.SCHEDULE: (),
    Action.SCHEDULE_DAY: ("20261127", "0"),
    Action.CARD_MOVE: (BOOKING, "1", "0", "0"),
    Action.CARD_MOVE_TO: (BOOKING, "1", BOOKING),
    Action.CARD_CANCEL: (BOOKING, "1", "0"),
    Action.CARD_CANCEL_SLOT: (BOOKING, "1", "0", "w"),
    Action.CARD_CANCEL_FOR: (BOOKING, "1", "0", "w1"),
    Action.LANGUAGE: ("ru",),
    Action.AGREE: ("1", EVENT.id),
    Action.AGREE_LATER: (),
    Action.NEW_CALENDAR: (),
    Action.REPLACE_CALENDAR: (),
    Action.CALENDAR: (),
}
"""What Boris, who has not answered the questionnaire, makes up about Anna's booking and the event's slots."""


def test_every_kind_of_button_is_tried() -> None:
    """A new action has to be forged too."""
    assert set(FORGED) == set(Action) == set(_ARGUMENTS)


@pytest.mark.parametrize("action", list(Action))
async def test_a_forged_press_has_no_effect_and_a_plain_answer(
    sandbox: Sandbox, anna: Person, desk: Desk, action: Action
) -> None:
    """Guards: ``my_bookings.own``, ``sign_up.passed``, nonces looked up under the presser's id, state at Confirm."""
    booking = desk.book(1001, desk.slots[f"{1:024x}"])
    desk.dialogs.publish(STUDIES, question("wish", QuestionKind.TEXT, "Есть пожелания?"))
    desk.allow(1002, "Борис")
    elsewhere = EVENT.model_copy(update={"id": "e" * 23 + "2"})
    own = desk.book(1002, desk.add_slot(7, recruiter=None, event=elsewhere), 2)
    boris = await sandbox.person(1002, "Борис")
    await boris.writes("/start")
    await boris.presses(await boris.sees("Ещё можно записаться сюда"), EVENT.name)
    asked = await boris.sees("Вы учитесь?")
    query = await boris.sends_data(asked, pack(action, *FORGED[action]))
    assert (await boris.answer_to(query))["answered_at"]
    await boris.writes("/help")
    await boris.sees("Вот что я умею")  # all that came before is handled
    seen = "\n".join("\n".join([message.text, *message.labels]) for message in await boris.messages())
    for hidden in ("каб. 1", "каб. 2", "Рита", "Traceback", BOOKING, SLOT):
        assert hidden not in seen
    assert desk.requests == []
    assert not [
        command for command in desk.dialog_commands if isinstance(command, QuestionnaireAnswered | WaitingListJoined)
    ]
    assert desk.bookings == {booking.id: (1001, booking), own.id: (1002, own)}


@pytest.mark.parametrize("data", ["0:ev:1", "1:zz", "\x00\x01\x02", "1:rc:" + "f" * 40, "1:qa:zzzzzzzz:no", "✂" * 20])
async def test_random_bytes_and_old_versions_get_a_plain_answer_and_the_step_again(
    anna: Person, desk: Desk, data: str
) -> None:
    """Guard: ``callback_data.unpack``; the current question is shown again."""
    desk.dialogs.publish(STUDIES)
    await anna.writes("/start")
    asked = await anna.sees("Вы учитесь?")
    answer = await anna.answer_to(await anna.sends_data(asked, data))
    assert "устарела" in answer["text"]
    again = await anna.sees("Вы учитесь?")
    await anna.presses(again, "Нет")
    await anna.sees("Спасибо за ответы!")
