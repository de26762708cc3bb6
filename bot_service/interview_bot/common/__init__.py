"""What every room of the bot needs: clock, logs, metrics, the database, values in Redis."""
