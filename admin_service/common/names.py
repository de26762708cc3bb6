"""What a person is called, and the link that opens a chat with them."""


def full_name(first_name: str | None, last_name: str | None) -> str:
    """First and last name, as far as they are known; may be empty."""
    return " ".join(filter(None, (first_name, last_name)))


def chat_link(username: str, telegram_id: int) -> str:
    """Opens a chat with a person in Telegram; without a username only for those who have met them."""
    return f"https://t.me/{username}" if username else f"tg://user?id={telegram_id}"
