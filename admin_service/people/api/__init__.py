"""HTTP reads about people and places."""
