"""What the supervisor runs: one description per long-running process."""

import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from local.layout import Home


@dataclass(frozen=True)
class Program:
    """One supervised process. `environment` is all it gets beside the common base (PATH, HOME, locale …)."""

    name: str
    command: tuple[str, ...]
    directory: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    stop_seconds: int = 15

    def section(self, home: Home, place: int) -> str:
        """The program's section for supervisord, listed at this place; writes its environment file beside it.

        The environment goes through a file that a shell reads, because supervisord's `environment=` cannot
        quote every value, and because people can read the same file to run one process by hand.
        """
        lines = [f"{name}={shlex.quote(value)}" for name, value in sorted(self.environment.items())]
        env_file = home.write(f"env/{self.name}.env", "\n".join(lines) + "\n")
        command = ["/bin/sh", "-c", 'set -a; . "$0"; exec "$@"', str(env_file), *self.command]
        settings = {
            "command": _escaped(shlex.join(command)),
            "directory": _escaped(str(self.directory)),
            "priority": str(place),
            "autostart": "false",
            "autorestart": "true",
            "startsecs": "1",
            "startretries": "20",
            "stopsignal": "TERM",
            "stopwaitsecs": str(self.stop_seconds),
            "killasgroup": "true",
            "redirect_stderr": "true",
            "stdout_logfile": _escaped(str(home.log(self.name))),
            "stdout_logfile_maxbytes": "20MB",
            "stdout_logfile_backups": "2",
        }
        return f"[program:{self.name}]\n" + "".join(f"{key}={value}\n" for key, value in settings.items())


def _escaped(value: str) -> str:
    return value.replace("%", "%%")
