"""The services, the sandbox and the gateway: their commands, settings and set-up steps."""
