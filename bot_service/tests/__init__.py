"""The real bot, driven by real updates through the Telegram sandbox, on real RabbitMQ, MongoDB and Redis."""
