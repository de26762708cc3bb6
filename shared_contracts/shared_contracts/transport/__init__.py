"""How messages travel: their envelope, signatures and queues."""
