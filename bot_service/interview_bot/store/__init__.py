"""What the bot keeps: where dialogs stand, chats, what was shown in which message, deliveries."""
