"""The desk's addresses, one that is broken, and one that is asked too much."""

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils.translation import gettext_lazy as _

from config import urls
from staffkit.errors import TooManyError

handler400, handler403, handler404, handler500 = urls.handler400, urls.handler403, urls.handler404, urls.handler500


def _broken(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("a fault of ours")


def _too_much(request: HttpRequest) -> HttpResponse:
    raise TooManyError(_("Try again in a moment."), "admin:exports_export_changelist")


urlpatterns = [path("broken/", _broken), path("too-much/", _too_much), *urls.urlpatterns]
