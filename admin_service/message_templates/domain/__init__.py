"""The catalogue of message kinds, without I/O."""
