"""The desk's addresses, and one that is broken."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from config import urls

handler400, handler403, handler404, handler500 = urls.handler400, urls.handler403, urls.handler404, urls.handler500


def _broken(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("a fault of ours")


urlpatterns = [path("broken/", _broken), *urls.urlpatterns]
