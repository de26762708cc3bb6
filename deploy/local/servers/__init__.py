"""MongoDB, RabbitMQ and Redis: how each is started and reached."""
