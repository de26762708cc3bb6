"""Telegram's HTML, lengths and links: the desk, the bot and the sandbox refuse the same texts."""
