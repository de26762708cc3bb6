"""Updates, acknowledgements, limits."""
