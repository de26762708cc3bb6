"""RabbitMQ: the outbox towards the admin service, the consumers of what it sends."""
