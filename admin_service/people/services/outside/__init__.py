"""Outside calendars: their addresses, reading them, and the busy times that are kept of them."""
