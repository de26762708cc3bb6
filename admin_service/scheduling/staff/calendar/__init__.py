"""The calendar: slots by day and week, in columns of recruiters, places or cities."""
