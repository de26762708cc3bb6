"""Getting in (R10): a personal link, or the first contact of someone who was put down by @username.

The admin service decides; until it has, the person is a stranger who may do this one thing. A link opened again before
the answer is the same request; opened again later, it is answered anew.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from telegram import User

from interview_bot.admin_client.api import AdminApiDownError, AdminApiRefusedError
from interview_bot.dialogs.candidate import sign_up
from interview_bot.dialogs.context import DialogContext, Services, texts_of
from interview_bot.dialogs.membership import telegram_names
from interview_bot.dialogs.recruiter import open_requests
from interview_bot.messaging.envelope import envelope
from interview_bot.telegram.rate_limiter import Priority
from interview_bot.telegram.sending import send
from interview_bot.telegram.start_links import INVITATION
from interview_bot.views import keyboards
from interview_bot.views.screen import Screen
from shared_contracts.dialog import (
    DialogAction,
    DialogOutcome,
    DialogRequest,
    DialogResult,
    InvitationClaimed,
    Role,
    UsernameClaimed,
)
from shared_contracts.requests import ReplyTo
from shared_contracts.transport.topology import DIALOG_COMMAND

_TOKEN = re.compile(r"[A-Za-z0-9_-]{16,62}")
_WELCOME = frozenset({DialogOutcome.ACCEPTED, DialogOutcome.ALREADY_ACCEPTED})
REFUSED = frozenset(
    {
        DialogOutcome.USED,
        DialogOutcome.NOT_YOURS,
        DialogOutcome.INVITATION_EXPIRED,
        DialogOutcome.INVITATION_REVOKED,
        DialogOutcome.UNKNOWN,
    }
)


@dataclass(frozen=True)
class _Claim:
    """``make`` builds the command from its id and the message that shows the answer."""

    what: str
    make: Callable[[UUID, ReplyTo], DialogRequest]


def invitation_token(payload: str) -> str | None:
    """The token in a link's start parameter, empty where it is cut, None where it is no invitation."""
    if not payload.startswith(INVITATION):
        return None
    token = payload.removeprefix(INVITATION)
    return token if _TOKEN.fullmatch(token) else ""


async def open_invitation(services: Services, user: User, token: str) -> None:
    """A personal link was opened or pasted; of one that is cut they are told how to open it."""
    if token:
        await _claim_invitation(services, user, token)
        return
    texts = await texts_of(services, user)
    screen = Screen(texts("joining.cut"), keyboards.contact(await services.directory.contact_url(None), texts))
    await services.outgoing.send(user.id, screen, Priority.STRANGER)


async def _claim_invitation(services: Services, user: User, token: str) -> None:
    def make(request_id: UUID, reply: ReplyTo) -> DialogRequest:
        return InvitationClaimed(
            **envelope(request_id),
            **telegram_names(user),
            user_telegram_id=user.id,
            reply=reply,
            token=token,
            username=user.username,
        )

    await _submit(services, user, _Claim(f"invitation:{token}", make))


async def claim_username(services: Services, user: User, username: str) -> None:
    """Someone put down by @username writes for the first time."""

    def make(request_id: UUID, reply: ReplyTo) -> DialogRequest:
        return UsernameClaimed(
            **envelope(request_id),
            **telegram_names(user),
            user_telegram_id=user.id,
            reply=reply,
            username=username,
        )

    await _submit(services, user, _Claim(f"username:{username.casefold()}", make))


async def show_result(context: DialogContext, result: DialogResult) -> None:
    """Let the person in, or tell them why not and what to do."""
    await context.services.dialog_states.end_request(result.user_telegram_id)
    if result.outcome in _WELCOME:
        await _welcome(context, result)
        return
    if result.action == DialogAction.USERNAME_CLAIMED and result.outcome is DialogOutcome.UNKNOWN:
        key = "refusal.text"
    else:
        known = result.outcome in REFUSED
        key = f"joining.{result.outcome.value}" if known else "joining.failed"
        if result.outcome is DialogOutcome.NOT_YOURS and context.recruiter:
            key = "joining.not_yours_recruiter"
    await context.show(Screen(context.texts(key), keyboards.contact(await context.contact_url(), context.texts)))


async def _welcome(context: DialogContext, result: DialogResult) -> None:
    name = result.name or (
        context.recruiter.name if context.recruiter else context.person.first_name if context.person else ""
    )
    if result.outcome is DialogOutcome.ALREADY_ACCEPTED:
        greeting = context.texts("joining.already_accepted")
    elif result.role is Role.RECRUITER:
        greeting = context.texts("joining.accepted_recruiter", name=name)
    else:
        greeting = context.texts("joining.accepted", name=name)
    recruits = context.recruiter is not None and (context.person is None or result.role is Role.RECRUITER)
    try:
        if recruits and result.outcome is DialogOutcome.ACCEPTED:
            await open_requests.welcome(context, greeting)
        elif recruits:
            await open_requests.show_requests(context, greeting)
        elif context.person is not None:
            await sign_up.show_home(context, greeting)
        else:
            await context.show(Screen(greeting, keyboards.home(context.texts)))
    except (AdminApiDownError, AdminApiRefusedError):
        await context.show(Screen(greeting, keyboards.home(context.texts)))


async def _submit(services: Services, user: User, claim: _Claim) -> None:
    """Show "checking…" first, because the answer needs a message to be shown in; then store the command and send it."""
    texts = await texts_of(services, user)
    request_id = await services.dialog_states.request_id(user.id, claim.what)
    if await services.outbox.contains(request_id):
        await services.outgoing.send(user.id, Screen(texts("joining.already_checking")))
        return
    shown = await send(services.bot, user.id, Screen(texts("joining.checking")))
    row = await services.outbox.store(
        DIALOG_COMMAND, claim.make(request_id, ReplyTo(chat_id=user.id, message_id=shown))
    )
    if row is not None and not await services.outbox.publish(row):
        await services.outgoing.edit(user.id, shown, Screen(texts("joining.waits")))
