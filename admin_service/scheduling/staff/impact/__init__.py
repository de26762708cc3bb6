"""The one page for what touches people's promises: whom it concerns, what each is told, and what becomes of each."""
