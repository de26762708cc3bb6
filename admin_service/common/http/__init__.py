"""The HTTP API's base: who asks, how reads are checked and answered, and the service's probes."""
