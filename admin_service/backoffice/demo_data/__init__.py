"""An installation with something in it, to look around in."""
