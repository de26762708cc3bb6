"""What follows from a booking or a slot that has changed, in the order in which it is worked out.

Each is a function of ``scheduling.services.reacting.Batch``; scheduling itself knows none of them.
"""

BOOKING_REACTIONS = (
    "scheduling.reactions.audit.keep_trail",
    "scheduling.reactions.candidate_news.tell_candidates",
    "scheduling.reactions.cards.show_recruiters",
    "scheduling.reactions.caches.invalidate_slots",
    "scheduling.reactions.waiting_list.follow_waiting_list",
    "reminders.reactions.bookings.follow_bookings",
)
