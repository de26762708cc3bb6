"""The desk as a whole: Unfold's, without what none of its pages shows."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from unfold.sites import UnfoldAdminSite


class DeskSite(UnfoldAdminSite):
    """What ``admin.site`` is."""

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> Any:
        """As Django's, a list, made when it is looked into.

        Every page is given it and the sidebar is our own (``config.unfold``); its addresses and permissions take a
        tenth of the time that a page takes.
        """
        return SimpleLazyObject(lambda: UnfoldAdminSite.get_app_list(self, request, app_label))
