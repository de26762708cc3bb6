"""The catalogue of message kinds: an entry for each ``NotificationKind``, in the order in which the desk lists them."""

from collections.abc import Mapping

from message_templates.domain.change_messages import CHANGES
from message_templates.domain.decision_messages import DECISIONS
from message_templates.domain.message_kind import MessageKind
from message_templates.domain.reminder_messages import REMINDERS
from message_templates.domain.seat_messages import SEATS
from shared_contracts.notification import NotificationKind

MESSAGE_KINDS: Mapping[NotificationKind, MessageKind] = {**DECISIONS, **CHANGES, **SEATS, **REMINDERS}
