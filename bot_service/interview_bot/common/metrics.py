"""What /metrics shows."""

from prometheus_client import Counter, Gauge, Histogram

_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 2, 5, 10, 30, 60, 300)

PRESS_TO_ACK = Histogram("slotdesk_bot_press_to_ack_seconds", "From a press to its acknowledgement", buckets=_SECONDS)
PRESS_TO_ANSWER = Histogram(
    "slotdesk_bot_press_to_answer_seconds", "From Confirm to the decision shown in chat", buckets=_SECONDS
)
UPDATES = Counter("slotdesk_bot_updates", "Telegram updates", ["outcome"])
OUTGOING = Counter(
    "slotdesk_bot_outgoing", "Answers that waited for room in their chat, by what became of them", ["end"]
)
UPDATES_PARKED = Gauge("slotdesk_bot_updates_parked", "Updates that take longer than Telegram should wait for")
UNREADABLE = Counter("slotdesk_bot_unreadable_values", "Values in Redis dropped as unreadable", ["area"])
MESSAGES = Counter("slotdesk_bot_messages", "Messages taken from a queue", ["queue", "outcome"])
TELEGRAM_ERRORS = Counter("slotdesk_bot_telegram_errors", "Telegram's refusals and failures", ["trouble"])
QUEUE_DEPTH = Gauge("slotdesk_bot_queue_messages", "Messages waiting in a queue", ["queue"])
OUTBOX_WAITING = Gauge("slotdesk_bot_outbox_waiting", "Outbox rows not yet accepted by the broker")
