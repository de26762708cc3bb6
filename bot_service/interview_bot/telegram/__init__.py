"""Updates from Telegram and calls to it: polling and webhook, limits, errors, what waits for its chat."""
