"""The desk's first page: what waits, today, the way of candidates and how full the next days are."""
