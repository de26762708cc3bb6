"""What the admin service and the bot service agree on; the only thing both import.

Imports neither Django nor telegram (checked by import-linter), opens no connection, reads no setting.
"""
