"""The app's pages in the desk: Django looks for them here."""

from message_templates.staff import audit_labels
from message_templates.staff.templates import MessageTemplateAdmin

__all__ = ["MessageTemplateAdmin", "audit_labels"]
