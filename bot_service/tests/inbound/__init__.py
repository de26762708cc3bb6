"""What comes from the admin service."""
