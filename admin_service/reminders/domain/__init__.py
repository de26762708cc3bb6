"""When automatic messages are due and whether they still are, without I/O (checked by import-linter)."""
