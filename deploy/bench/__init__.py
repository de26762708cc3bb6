"""Measuring the running stack: `make bench`."""
