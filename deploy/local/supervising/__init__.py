"""The processes of a stack under their one parent."""
