"""A stand-in for Telegram: the Bot API as documented, a messenger page, and `/sandbox/` for tests."""
