"""nginx before the desk and the API: the configuration in `gateway/`, filled in and run under the calling user."""

import re
import resource
from collections.abc import Mapping

from local.layout import DEPLOY, Home, LocalStackError, Ports
from local.supervising.programs import Program

TEMPLATE = DEPLOY / "gateway" / "nginx.conf"
PAGES = DEPLOY / "gateway" / "pages"
NGINX = "/usr/sbin/nginx"
NOBODY = "192.0.2.1/32"
"""A `TRUSTED_PROXY` that no request comes from: an address kept for examples (RFC 5737)."""
MOST_CONNECTIONS = 32_768
"""Of clients and to the services behind together; nginx takes about 450 bytes for each before it is used."""
OWN_FILES = 256
"""What nginx needs beside its connections: logs, and bodies on their way over the disk."""
_PLACE = re.compile(r"\$\{([A-Z_]+)\}")


def places() -> set[str]:
    """The names in the template that need a value."""
    return set(_PLACE.findall(TEMPLATE.read_text(encoding="utf-8")))


def fill_in(values: Mapping[str, str]) -> str:
    """The template with its places filled in; one without a value is an error."""
    return _PLACE.sub(lambda place: values[place[1]], TEMPLATE.read_text(encoding="utf-8"))


def connections(files: int) -> int:
    """As many as a limit of open files leaves room for (-1: no limit), at the most `MOST_CONNECTIONS`."""
    if files == resource.RLIM_INFINITY:
        return MOST_CONNECTIONS
    return min(MOST_CONNECTIONS, max(files // 2, files - OWN_FILES))


def program(home: Home, ports: Ports, trusted_proxy: str) -> Program:
    """nginx on the desk's port; `trusted_proxy` (an address or network) is whose `X-Forwarded-…` it believes."""
    if not re.fullmatch(r"[0-9a-fA-F.:]+(/\d{1,3})?", trusted_proxy):
        raise LocalStackError(
            f"TRUSTED_PROXY must be an address or a network such as 10.0.0.0/8, not {trusted_proxy!r}."
        )
    values = {
        "GATEWAY_HOME": str(home.directory("gateway")),
        "PAGES_ROOT": str(PAGES),
        "LISTEN": f"127.0.0.1:{ports.desk}",
        "DESK": f"127.0.0.1:{ports.web}",
        "API": f"127.0.0.1:{ports.api}",
        "API_HEALTH": f"127.0.0.1:{ports.api_health}",
        "BOT": f"127.0.0.1:{ports.bot}",
        "TRUSTED_PROXY": trusted_proxy,
        "CONNECTIONS": str(connections(resource.getrlimit(resource.RLIMIT_NOFILE)[1])),
    }
    config = home.write("gateway/nginx.conf", fill_in(values))
    # One process: nginx's master and workers write their titles over the environment that holds the stack's mark.
    nginx = (NGINX, "-p", values["GATEWAY_HOME"], "-c", str(config), "-e", "stderr")
    # A connection is a file, and the usual limit for files is too low for a crowd.
    with_files = ("/bin/sh", "-c", 'ulimit -n "$(ulimit -H -n)"; exec "$0" "$@"')
    command = (*with_files, *nginx, "-g", "daemon off; master_process off;")
    return Program("gateway", command, home.path, stop_seconds=5)
