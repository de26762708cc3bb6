"""Use cases, and the reading and writing they need: no pages, no HTTP."""
