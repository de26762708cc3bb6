"""R10, R2: getting in by a personal link or a @username; recruiters are served too."""

import asyncio
from uuid import uuid4

import pytest
from redis.asyncio import Redis

from interview_bot.common.database import Database
from interview_bot.telegram.start_links import pasted_parameter
from interview_bot.views.texts import texts_for
from shared_contracts.dialog import DialogOutcome, InvitationClaimed, Role, UsernameClaimed
from shared_contracts.notification import CacheName
from shared_contracts.transport.topology import DIALOG_RESULT
from tests.kit.desk import Desk
from tests.kit.inbox import handled
from tests.kit.line import Line
from tests.kit.telegram import Person, Sandbox, eventually

TOKEN = "Zx8-hG_2kLq9TtVbWw11"
CLAIMS = (
    DialogOutcome.USED,
    DialogOutcome.NOT_YOURS,
    DialogOutcome.INVITATION_EXPIRED,
    DialogOutcome.INVITATION_REVOKED,
    DialogOutcome.UNKNOWN,
    DialogOutcome.FAILED,
)


@pytest.fixture
async def maria(sandbox: Sandbox, desk: Desk, bot: object) -> Person:
    """Maria, whom nobody knows yet; one event with a slot is open."""
    desk.open_event()
    desk.add_slot(1)
    return await sandbox.person(1050, "Мария", "ru", "maria_p")


def claims(desk: Desk) -> list[InvitationClaimed]:
    """What came of opened links."""
    return [command for command in desk.dialog_commands if isinstance(command, InvitationClaimed)]


async def test_a_candidate_joins_by_a_link_and_goes_on_in_the_same_message(maria: Person, desk: Desk) -> None:
    """R10: "checking…", then the greeting with what can be chosen, edited in place."""
    desk.dialogs.invitations[TOKEN] = Role.CANDIDATE
    desk.dialogs.answering.clear()
    await maria.writes(f"/start i_{TOKEN}")
    checking = await maria.sees("Проверяем приглашение…")
    desk.dialogs.answering.set()
    welcome = await maria.sees("Добро пожаловать, Мария!")
    assert welcome.id == checking.id
    assert "Выберите удобное время" in welcome.text
    [claim] = claims(desk)
    assert (claim.token, claim.user_telegram_id, claim.username) == (TOKEN, 1050, "maria_p")
    await maria.presses(welcome, "каб. 1")
    await maria.presses(await maria.sees("Записать вас на это время?"), "Подтвердить")
    await maria.sees("Вы записаны!")


PASTED = (
    f"https://t.me/slotdesk_demo_bot?start=i_{TOKEN}",
    f"Здравствуйте! Вот ссылка (t.me/Slotdesk_Demo_Bot?start=i_{TOKEN}), жду",
    f"tg://resolve?domain=slotdesk_demo_bot&start=i_{TOKEN}",
    f"slotdesk_demo_bot?start=i_{TOKEN}",
    f"/start https://t.me/slotdesk_demo_bot?start=i_{TOKEN}",
    f"https://t.me/slotdesk_demo_bot?start=\ni_{TOKEN}",
)


@pytest.mark.parametrize("text", PASTED)
async def test_a_pasted_link_lets_in_as_an_opened_one(maria: Person, desk: Desk, text: str) -> None:
    """R10. Guards: ``pasted_parameter``, ``_leads_to``."""
    desk.dialogs.invitations[TOKEN] = Role.CANDIDATE
    await maria.writes(text)
    await maria.sees("Добро пожаловать, Мария!")
    assert [claim.token for claim in claims(desk)] == [TOKEN]


async def test_a_link_under_a_picture_lets_in_too(maria: Person, desk: Desk) -> None:
    """R10. Guard: ``_said`` reads what stands under a picture."""
    desk.dialogs.invitations[TOKEN] = Role.CANDIDATE
    await maria.writes("/start")
    await maria.sees("для приглашённых")
    await maria.sandbox.control("/albums", user_id=maria.id, photos=1, caption=PASTED[1])
    await maria.sees("Добро пожаловать, Мария!")


async def test_a_recruiter_is_told_that_the_candidates_link_is_still_good(maria: Person, desk: Desk) -> None:
    """R10."""
    desk.dialogs.employ(1050, "Мария Рекрутер")
    desk.dialogs.outcome = DialogOutcome.NOT_YOURS
    await maria.writes(PASTED[0])
    await maria.sees("перешлите ссылку")


@pytest.mark.parametrize(
    "text",
    [
        f"https://t.me/another_bot?start=i_{TOKEN}",
        f"https://example.com/?start=i_{TOKEN}",
        f"Код i_{TOKEN}",
        "restart=i_5",
        "https://t.me/slotdesk_demo_bot",
        "Узнала из https://t.me/slotdesk_demo_bot?start=e_5 вчера",
    ],
)
def test_what_is_no_link_to_the_bot_stays_what_it_is(text: str) -> None:
    """Guards: ``_leads_to`` and ``pasted_parameter``; it may be somebody's answer."""
    assert pasted_parameter(text, "slotdesk_demo_bot") is None


async def test_someone_refused_a_moment_ago_is_let_in_at_once(maria: Person, desk: Desk) -> None:
    """Guard: what is cached about an accepted person is dropped with the result, before its invalidation comes."""
    await maria.writes("/start")
    await maria.sees("для приглашённых")
    desk.dialogs.invitations[TOKEN] = Role.CANDIDATE
    await maria.writes(f"/start i_{TOKEN}")
    assert "Выберите удобное время" in (await maria.sees("Добро пожаловать, Мария!")).text


async def test_a_recruiter_joins_by_a_link_and_is_greeted_as_one(maria: Person, desk: Desk) -> None:
    """R10: no candidate, so no slots; what waits comes as cards in a moment, so none is denied. Guard: ``welcome``."""
    desk.dialogs.invitations[TOKEN] = Role.RECRUITER
    await maria.writes(f"/start i_{TOKEN}")
    welcome = await maria.sees("Заявки кандидатов будут приходить сюда")
    assert "нет заявок" not in welcome.text
    assert "Выберите" not in welcome.text


@pytest.mark.parametrize("outcome", CLAIMS)
async def test_every_outcome_of_a_link_has_words_of_its_own(maria: Person, desk: Desk, outcome: DialogOutcome) -> None:
    """R2: and leads to somebody who can help; nobody is let in."""
    desk.dialogs.outcome = outcome
    await maria.writes(f"/start i_{TOKEN}")
    shown = await maria.sees(texts_for("ru").plain(f"joining.{outcome.value}"))
    assert shown.buttons == [{"text": "Свяжитесь с нами", "url": "https://t.me/default_contact"}]
    await maria.writes("/start")
    await maria.sees("для приглашённых")


async def test_the_words_for_links_are_told_apart() -> None:
    """R2."""
    for language in ("ru", "en"):
        texts = [texts_for(language).plain(f"joining.{outcome.value}") for outcome in CLAIMS]
        assert len(set(texts)) == len(CLAIMS)


async def test_a_link_opened_again_before_the_answer_is_one_request(maria: Person, desk: Desk) -> None:
    """Guard: ``DialogStates.request_id`` gives one id until the answer, ``Outbox.contains`` knows it."""
    desk.dialogs.invitations[TOKEN] = Role.CANDIDATE
    desk.dialogs.answering.clear()
    for _ in range(3):
        await maria.writes(f"/start i_{TOKEN}")
    await maria.sees("уже проверяем")
    desk.dialogs.answering.set()

    async def welcomed() -> bool:
        return any("Добро пожаловать" in message.text for message in await maria.messages())

    await eventually(welcomed, "the welcome")
    assert len(claims(desk)) == 1


async def test_a_link_opened_after_its_answer_is_asked_about_anew(maria: Person, desk: Desk) -> None:
    """Staff may have prolonged it. Guard: ``DialogStates.end_request``."""
    desk.dialogs.outcome = DialogOutcome.INVITATION_EXPIRED
    await maria.writes(f"/start i_{TOKEN}")
    await maria.sees("Срок приглашения истёк")
    desk.dialogs.outcome, desk.dialogs.invitations[TOKEN] = None, Role.CANDIDATE
    await maria.writes(f"/start i_{TOKEN}")
    await maria.sees("Добро пожаловать, Мария!")
    assert len({claim.message_id for claim in claims(desk)}) == 2


async def test_a_known_candidate_who_opens_a_link_goes_on_home(anna: Person, desk: Desk) -> None:
    """R10: ``already_accepted``."""
    desk.dialogs.outcome = DialogOutcome.ALREADY_ACCEPTED
    await anna.writes(f"/start i_{TOKEN}")
    assert "Выберите удобное время" in (await anna.sees("Вы уже с нами")).text


async def test_with_the_broker_away_the_link_waits_and_is_answered_later(
    maria: Person, desk: Desk, broker_line: Line
) -> None:
    """I5. Guards: the outbox and its relay."""
    desk.dialogs.invitations[TOKEN] = Role.CANDIDATE
    broker_line.cut()
    await maria.writes(f"/start i_{TOKEN}")
    waiting = await maria.sees("мы о нём помним")
    broker_line.mend()
    assert (await maria.sees("Добро пожаловать, Мария!", seconds=20)).id == waiting.id


async def test_with_the_admin_service_down_the_answer_still_greets(maria: Person, desk: Desk) -> None:
    """What follows the greeting can't be read just now: a button leads there later."""
    desk.dialogs.invitations[TOKEN] = Role.CANDIDATE
    desk.down = True
    await maria.writes(f"/start i_{TOKEN}")
    assert (await maria.sees("Добро пожаловать, Мария!")).labels == ["Выбрать время"]


async def test_an_outcome_for_someone_who_blocked_the_bot_is_no_dead_letter(
    maria: Person, desk: Desk, bots_database: Database
) -> None:
    """Guard: the permanent trouble in ``DialogResults.show``."""
    desk.dialogs.answering.clear()
    await maria.writes(f"/start i_{TOKEN}")
    await maria.sees("Проверяем")
    await maria.sandbox.fault("editMessageText", error_code=403)
    desk.dialogs.answering.set()
    await handled(bots_database, DIALOG_RESULT.name, count=1)
    chat = await bots_database["chats"].find_one({"_id": 1050})
    assert chat is not None
    assert not chat["reachable"]


async def test_an_answer_nobody_waits_for_is_put_aside(maria: Person, desk: Desk, bots_database: Database) -> None:
    """A command made without a chat, or of a kind of a later version."""
    desk.dialogs.answering.clear()
    await maria.writes(f"/start i_{TOKEN}")
    await maria.sees("Проверяем")

    async def arrived() -> bool:
        return bool(claims(desk))

    await eventually(arrived, "the claim")
    [claim] = claims(desk)
    for changes in ({"reply": None}, {"action": "danced"}):
        result = desk.dialogs.result_of(claim, message_id=uuid4(), **changes)
        await desk.send(DIALOG_RESULT.name, result)
    await handled(bots_database, DIALOG_RESULT.name, count=2)
    await maria.sees("Проверяем")


@pytest.mark.parametrize(
    "text",
    [
        *(f"/start i_{rest}" for rest in ("", "short", "x" * 63, "token with spaces!", "русский_токен_токен")),
        "https://t.me/slotdesk_demo_bot?start=i_Zx8-",
        "?start=i_",
        f"i_{TOKEN}",
    ],
)
async def test_a_cut_link_is_answered_with_how_to_open_it(maria: Person, desk: Desk, text: str) -> None:
    """Guard: ``open_invitation``, and the token's shape, so that nothing else reaches the admin service."""
    await maria.writes(text)
    assert (await maria.sees("скопирована не целиком")).labels == ["Свяжитесь с нами"]
    assert claims(desk) == []


async def test_the_token_is_never_logged(
    maria: Person, desk: Desk, redis: Redis, capfd: pytest.CaptureFixture[str]
) -> None:
    """NFR4: whoever reads the logs or Redis must not be able to join with it."""
    desk.dialogs.answering.clear()
    await maria.writes(f"/start i_{TOKEN}")
    await maria.sees("Проверяем")
    assert not [value for key in await redis.keys("user:*") for value in [await redis.get(key)] if TOKEN in str(value)]
    desk.dialogs.answering.set()
    await maria.sees("не нашли такого приглашения")
    await asyncio.sleep(0)
    assert TOKEN not in "".join(capfd.readouterr())


async def test_someone_put_down_by_username_is_let_in_at_first_contact(maria: Person, desk: Desk) -> None:
    """R10: whatever they write first; the command names them once."""
    desk.dialogs.awaited.add("maria_p")
    await maria.writes("Здравствуйте!")
    await maria.sees("Добро пожаловать, Мария!")
    named = [command for command in desk.dialog_commands if isinstance(command, UsernameClaimed)]
    assert [(command.username, command.user_telegram_id) for command in named] == [("maria_p", 1050)]


async def test_a_username_taken_by_somebody_else_meanwhile_is_refused_as_ever(maria: Person, desk: Desk) -> None:
    """The admin service decides: it binds once."""
    desk.dialogs.awaited.add("maria_p")
    desk.dialogs.outcome = DialogOutcome.UNKNOWN
    await maria.writes("/start")
    await maria.sees("для приглашённых")


async def test_what_a_stranger_writes_does_not_all_reach_the_admin_service(maria: Person, desk: Desk) -> None:
    """Guard: the short memory of those nobody awaits."""
    for _ in range(5):
        await maria.writes("пустите")

    async def refused() -> bool:
        return len(await maria.messages()) == 5

    await eventually(refused, "five refusals")
    assert desk.asked.count("/api/awaited-usernames") == 1


async def test_an_active_recruiter_is_served_without_being_a_candidate(maria: Person, desk: Desk) -> None:
    """The bot serves active recruiters; a candidate's buttons and commands lead them to what they can do."""
    desk.dialogs.employ(1050, "Мария Рекрутер")
    await maria.writes("/start")
    home = await maria.sees("Здравствуйте, Мария Рекрутер!")
    answer = await maria.answer_to(await maria.sends_data(home, f"1:ev:{desk.events[0].id}"))
    assert "устарела" in answer["text"]
    written = {"/mybooking": "для кандидатов", "/cancel": "для кандидатов", "добрый день": "Я бот"}
    for text, told in written.items():
        await maria.writes(text)
        shown = await maria.sees(told)
        assert "/reschedule" not in shown.text
        await maria.writes("/requests")
        await maria.sees("Сейчас нет заявок")
    await maria.writes("/contact")
    await maria.sees("Напишите сюда")


async def test_a_recruiter_who_is_no_longer_active_is_refused_at_the_next_press(maria: Person, desk: Desk) -> None:
    """R6. Guard: the recruiters' cache is dropped by its name."""
    desk.dialogs.employ(1050, "Мария Рекрутер")
    await maria.writes("/start")
    await maria.sees("Здравствуйте, Мария Рекрутер!")
    desk.dialogs.recruiters.clear()
    await desk.invalidate(CacheName.RECRUITERS)

    async def refused() -> bool:
        await maria.writes("/start")
        return bool(await maria.sees("для приглашённых", seconds=0.5))

    await eventually(refused, "refused")


async def test_someone_who_is_both_gets_the_candidates_home_and_the_way_to_the_requests(
    anna: Person, desk: Desk
) -> None:
    """A recruiter may be a candidate too."""
    desk.dialogs.employ(1001, "Анна Рекрутер")
    await anna.writes("/start")
    home = await anna.sees("На какое собеседование")
    assert home.labels == ["Стажировка", "Заявки кандидатов"]
    await anna.presses(home, "Заявки кандидатов")
    assert (await anna.sees("Сейчас нет заявок")).id == home.id
