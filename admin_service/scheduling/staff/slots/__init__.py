"""Staff pages about slots: the list and a slot's page, many made at once, several changed at once."""
