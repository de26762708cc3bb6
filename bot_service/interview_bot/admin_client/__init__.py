"""The admin service's HTTP reads, and what the bot remembers of them in Redis."""
