"""Lists taken out of the desk as tables: small ones at once, large ones made by the worker, kept for a day."""
