"""The app's pages in the desk: Django looks for them here."""

from backoffice.staff import audit_labels, messages
from backoffice.staff.audit_trail import AuditEntryAdmin
from backoffice.staff.logins import StaffLoginAdmin

__all__ = ["AuditEntryAdmin", "StaffLoginAdmin", "audit_labels", "messages"]
