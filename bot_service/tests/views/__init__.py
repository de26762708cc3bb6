"""Texts, screens and templates."""
