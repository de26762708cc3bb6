"""The rules about people, pure: no Django, no database."""
