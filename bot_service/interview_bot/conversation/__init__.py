"""The dialogs: one module each, none of them knows how updates or messages arrive."""
