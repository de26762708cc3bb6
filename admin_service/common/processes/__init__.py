"""What every long-running process has: its log, its health, and how it is stopped."""
