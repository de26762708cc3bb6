"""What recruiters see: cards of requests and interviews, their buttons, the schedule, reasons to reject."""
