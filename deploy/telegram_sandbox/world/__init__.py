"""What exists in the sandbox: its records, the changes that everyone sees, and what people and Telegram do to them."""
