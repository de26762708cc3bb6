"""The zone of whatever belongs to no city: the audit trail, scans, days that staff filter by."""

MOSCOW = "Europe/Moscow"
