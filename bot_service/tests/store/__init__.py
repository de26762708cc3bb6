"""What is kept in Redis and MongoDB."""
