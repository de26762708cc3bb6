"""Staff pages about logins and the audit trail, and the desk's front page."""
