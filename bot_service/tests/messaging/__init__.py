"""The outbox, consumers, dead letters, and what a crash leaves."""
