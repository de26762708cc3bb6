"""Redis: dialog state and caches, with a password and an append-only file."""

import socket

from local.credentials import Credentials
from local.layout import Home, Ports
from local.programs import Program


def program(home: Home, ports: Ports, credentials: Credentials) -> Program:
    """redis-server on 127.0.0.1. Settings are in a file, so that the password is on no command line."""
    settings = {
        "bind": "127.0.0.1",
        "port": str(ports.redis),
        "requirepass": credentials.redis_password,
        "dir": f'"{home.directory("redis")}"',
        "appendonly": "yes",
        "save": '""',
        "set-proc-title": "no",  # a title written over the process's environment would hide the stack's mark
    }
    config = home.write("redis.conf", "".join(f"{name} {value}\n" for name, value in settings.items()))
    return Program("redis", ("redis-server", str(config)), home.path)


def url(place: str, credentials: Credentials) -> str:
    """Database 0 of the server at `place` (host:port), with the password."""
    return f"redis://:{credentials.redis_password}@{place}/0"


def is_ready(ports: Ports, credentials: Credentials) -> bool:
    """Whether the server has loaded its data and accepts the password."""
    try:
        with socket.create_connection(("127.0.0.1", ports.redis), timeout=1) as connection:
            connection.sendall(f"AUTH {credentials.redis_password}\r\nPING\r\n".encode())
            return b"+OK\r\n+PONG" in connection.recv(1024)
    except OSError:
        return False
