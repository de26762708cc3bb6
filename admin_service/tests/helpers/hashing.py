"""Passwords of tests, which nobody guesses."""

from django.contrib.auth.hashers import PBKDF2PasswordHasher


class QuickHasher(PBKDF2PasswordHasher):
    """Django's own, a thousand times quicker."""

    iterations = 600
