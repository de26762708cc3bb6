"""Addresses of the desk's first page besides its own."""

from django.contrib import admin
from django.urls import path

from backoffice.staff.home.page import what_is_ahead, what_is_new

app_name = "backoffice"
urlpatterns = [
    path("now/", admin.site.admin_view(what_is_new), name="now"),
    path("ahead/", admin.site.admin_view(what_is_ahead), name="ahead"),
]
