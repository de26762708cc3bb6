"""Slotdesk's bot service: all chat with candidates. It asks and shows; the admin service decides."""
