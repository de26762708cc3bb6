"""The rules of booking, without I/O: no Django, no database, no broker (checked by import-linter)."""
