"""What says that there are no maps here, so that no start of a process looks for their library."""

import os
from typing import NoReturn

from django.core.exceptions import ImproperlyConfigured


class NoLibrary(os.PathLike[str]):
    """In place of the path of a library.

    MongoDB's engine for Django loads GDAL three times over, and does without it where Django says that there is none.
    Before Django says so it looks for a dozen names each time, with the loader and the compiler: a quarter of a start.
    """

    def __fspath__(self) -> NoReturn:
        raise ImproperlyConfigured("There are no maps here.")
