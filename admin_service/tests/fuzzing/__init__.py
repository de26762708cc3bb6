"""Asking the desk and the API what no page of ours asks, and counting the answers: nothing is a reason for a 5xx."""
