"""What forms of staff pages are made of."""
