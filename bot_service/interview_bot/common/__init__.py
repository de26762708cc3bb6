"""What every folder of the bot needs: clock, logs, metrics, the database, values in Redis, the data of a dialog."""
