"""The desk's addresses; what is refused is told by its status alone.

A matrix is refused over a thousand times a role. The page that tells so in the desk's frame takes longer than finding
out that it is due; ``tests/desk/kit/test_error_pages.py`` looks at it.
"""

from django.http import HttpRequest, HttpResponse

from config import urls

handler400, handler500, urlpatterns = urls.handler400, urls.handler500, urls.urlpatterns


def handler403(request: HttpRequest, exception: Exception) -> HttpResponse:
    """As ``staffkit.errors.forbidden``, without its page."""
    return HttpResponse(status=403)


def handler404(request: HttpRequest, exception: Exception) -> HttpResponse:
    """As ``staffkit.errors.not_found``, without its page."""
    return HttpResponse(status=404)
