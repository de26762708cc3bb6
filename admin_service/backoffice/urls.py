"""Addresses of the desk's first page besides its own, and what Ctrl-K asks in place of Unfold's."""

from django.contrib import admin
from django.urls import path

from backoffice.staff.home.page import what_is_ahead, what_is_new
from backoffice.staff.search.view import search

app_name = "backoffice"
urlpatterns = [
    path("now/", admin.site.admin_view(what_is_new), name="now"),
    path("ahead/", admin.site.admin_view(what_is_ahead), name="ahead"),
    path("search/", admin.site.admin_view(search), name="search"),
]
