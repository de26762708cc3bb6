"""Texts: how long, whose name, and what is to be translated."""
