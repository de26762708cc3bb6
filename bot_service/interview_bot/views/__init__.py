"""What people are shown: texts, how times and places read, screens, keyboards, cards. Nothing here reads anything."""
