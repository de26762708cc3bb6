"""A browser's long signature in two words, so that people know it for theirs."""

_BROWSERS = [
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("YaBrowser", "Yandex Browser"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
    ("curl/", "curl"),
    ("python", "Python"),
]
_SYSTEMS = [
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
]


def browser_name(signature: str) -> str:
    """Such as “Firefox, Windows”; empty if it says nothing that is known. ``signature``: the header ``User-Agent``."""
    found = (next((name for mark, name in known if mark in signature), "") for known in (_BROWSERS, _SYSTEMS))
    return ", ".join(filter(None, found))
