"""The app's pages in the desk: Django looks for them here."""

from exports.pages import ExportAdmin

__all__ = ["ExportAdmin"]
