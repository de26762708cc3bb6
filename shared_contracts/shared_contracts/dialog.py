"""What chat tells the desk (``admin.dialog.command``), and its answers (``bot.dialog.result``)."""

from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints, TypeAdapter

from shared_contracts.broadcast import ChatTrouble
from shared_contracts.fields import (
    Bilingual,
    EntityId,
    Language,
    Moment,
    Name,
    ShortText,
    TelegramChatId,
    TelegramMessageId,
    TelegramUserId,
    Username,
    Version,
)
from shared_contracts.questionnaire import Answer, QuestionKey
from shared_contracts.requests import ReplyTo
from shared_contracts.transport.envelope import Message

InvitationToken = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{16,62}$")]
"""What follows ``i_`` in an invitation's link: Telegram's start parameter has at most 64 characters."""


class DialogAction(StrEnum):
    """What a command says or asks for: its ``action`` on the wire, which its result repeats."""

    CHAT_STARTED = "chat_started"
    CHAT_STOPPED = "chat_stopped"
    LANGUAGE_CHOSEN = "language_chosen"
    GROUP_CHANGED = "group_changed"
    INVITATION_CLAIMED = "invitation_claimed"
    USERNAME_CLAIMED = "username_claimed"
    QUESTIONNAIRE_ANSWERED = "questionnaire_answered"
    WAITING_LIST_JOINED = "waiting_list_joined"
    WAITING_LIST_LEFT = "waiting_list_left"
    PRIVACY_ACCEPTED = "privacy_accepted"
    CALENDAR_WANTED = "calendar_wanted"


class ChatStarted(Message):
    """A person pressed Start (or came back after blocking): the bot may write to them."""

    action: Literal[DialogAction.CHAT_STARTED] = DialogAction.CHAT_STARTED
    user_telegram_id: TelegramUserId
    username: Username = None
    first_name: Name = ""
    last_name: Name | None = None
    language_code: ShortText | None = None


class ChatStopped(Message):
    """A person blocked the bot."""

    action: Literal[DialogAction.CHAT_STOPPED] = DialogAction.CHAT_STOPPED
    user_telegram_id: TelegramUserId


class LanguageChosen(Message):
    """A person chose the language that they are written to in; it wins over Telegram's."""

    action: Literal[DialogAction.LANGUAGE_CHOSEN] = DialogAction.LANGUAGE_CHOSEN
    user_telegram_id: TelegramUserId
    language: Language


class GroupChanged(Message):
    """What Telegram says of a group that the bot is in, or was.

    ``moved_from``: the id it had before it became a supergroup. ``trouble``: why it can't be written to, null where it
    can (again); with ``thread_id`` that is about this topic of it alone, and without one about no topic.
    """

    action: Literal[DialogAction.GROUP_CHANGED] = DialogAction.GROUP_CHANGED
    chat_id: TelegramChatId
    moved_from: TelegramChatId | None = None
    trouble: ChatTrouble | None = None
    thread_id: TelegramMessageId | None = None


class DialogRequest(Message):
    """What the commands share that are answered by a ``DialogResult``, exactly one for each."""

    user_telegram_id: TelegramUserId
    reply: ReplyTo | None = None


class InvitationClaimed(DialogRequest):
    """A person opened an invitation's link (R10). Outcomes: ``accepted`` and those that say why not."""

    action: Literal[DialogAction.INVITATION_CLAIMED] = DialogAction.INVITATION_CLAIMED
    token: InvitationToken
    username: Username = None
    first_name: Name = ""
    last_name: Name | None = None
    language_code: ShortText | None = None


class UsernameClaimed(DialogRequest):
    """First contact of someone put down by @username: binds their id once (R10).

    Outcomes: ``accepted``, ``already_accepted`` (in by now, such as by an earlier press), ``unknown``.
    """

    action: Literal[DialogAction.USERNAME_CLAIMED] = DialogAction.USERNAME_CLAIMED
    username: ShortText
    first_name: Name = ""
    last_name: Name | None = None
    language_code: ShortText | None = None


class QuestionnaireAnswered(DialogRequest):
    """A person came to a questionnaire's end (R9). Outcomes: ``passed``, ``rejected``, ``not_allowed``.

    ``rejected_by``: the question whose answer ended it.
    """

    action: Literal[DialogAction.QUESTIONNAIRE_ANSWERED] = DialogAction.QUESTIONNAIRE_ANSWERED
    event_id: EntityId
    questionnaire_id: EntityId
    version: Version
    answers: Annotated[list[Answer], Field(max_length=50)]
    rejected_by: QuestionKey | None = None


class WaitingListJoined(DialogRequest):
    """Tell me when there are slots. Outcomes: ``joined``, ``already_joined``, ``already_booked``, ``not_allowed``.

    ``city_id`` null: a slot in any city will do.
    """

    action: Literal[DialogAction.WAITING_LIST_JOINED] = DialogAction.WAITING_LIST_JOINED
    event_id: EntityId
    city_id: EntityId | None = None


class WaitingListLeft(DialogRequest):
    """No need to tell me any more. Outcome: ``left``."""

    action: Literal[DialogAction.WAITING_LIST_LEFT] = DialogAction.WAITING_LIST_LEFT
    event_id: EntityId


class PrivacyAccepted(DialogRequest):
    """A candidate agrees to a version of the privacy text. Outcomes: ``accepted``, ``not_allowed``.

    ``event_id``: what they were signing up for, null for nothing yet; the result repeats it.
    """

    action: Literal[DialogAction.PRIVACY_ACCEPTED] = DialogAction.PRIVACY_ACCEPTED
    version: Version
    event_id: EntityId | None = None


class CalendarWanted(DialogRequest):
    """A recruiter wants a secret address for their calendar, which ends an earlier one.

    Outcomes: ``accepted``, ``unknown`` (who is no recruiter). The address travels in no message:
    ``GET /api/recruiter-calendar`` tells it.
    """

    action: Literal[DialogAction.CALENDAR_WANTED] = DialogAction.CALENDAR_WANTED


AnsweredDialogCommand = (
    InvitationClaimed
    | UsernameClaimed
    | QuestionnaireAnswered
    | WaitingListJoined
    | WaitingListLeft
    | PrivacyAccepted
    | CalendarWanted
)
AnyDialogCommand = ChatStarted | ChatStopped | LanguageChosen | GroupChanged | AnsweredDialogCommand

dialog_command: TypeAdapter[AnyDialogCommand] = TypeAdapter(Annotated[AnyDialogCommand, Field(discriminator="action")])
"""Reads a body of ``admin.dialog.command``."""


class DialogOutcome(StrEnum):
    """How a command of a dialog ended. Each has its own text in chat."""

    ACCEPTED = "accepted"
    ALREADY_ACCEPTED = "already_accepted"
    """The same person opened their link again, or is known already."""
    USED = "used"
    """Somebody else has used the link."""
    NOT_YOURS = "not_yours"
    """The link was made for somebody else."""
    INVITATION_EXPIRED = "invitation_expired"
    INVITATION_REVOKED = "invitation_revoked"
    UNKNOWN = "unknown"
    PASSED = "passed"
    REJECTED = "rejected"
    JOINED = "joined"
    ALREADY_JOINED = "already_joined"
    LEFT = "left"
    ALREADY_BOOKED = "already_booked"
    NOT_ALLOWED = "not_allowed"
    FAILED = "failed"


class Role(StrEnum):
    """As whom an invitation takes a person in."""

    CANDIDATE = "candidate"
    RECRUITER = "recruiter"


class DialogResult(Message):
    """The one answer to a dialog's command. ``request_id`` is the command's ``message_id``, ``reply`` its echo.

    ``role`` and ``name`` belong to an accepted invitation, ``event_id`` to questionnaires and waiting lists,
    ``reason`` to a rejection. ``closed``: what is closed, so that there is no list to wait on, or
    nothing to answer for.
    """

    request_id: UUID
    action: ShortText
    outcome: DialogOutcome
    decided_at: Moment
    user_telegram_id: TelegramUserId
    reply: ReplyTo | None
    role: Role | None = None
    name: Name | None = None
    event_id: EntityId | None = None
    reason: Bilingual | None = None
    closed: Literal["event", "city"] | None = None


dialog_result: TypeAdapter[DialogResult] = TypeAdapter(DialogResult)
"""Reads a body of ``bot.dialog.result``."""
