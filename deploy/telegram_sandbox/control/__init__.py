"""The control API `/sandbox/…`: playing the people, reading what the bot did, making it hard for it."""
