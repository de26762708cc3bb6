"""What comes from the admin service: results, cards, notices, lists, broadcasts, and which queue brings which."""
