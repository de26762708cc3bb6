"""Addresses that every list of the desk has beside its own."""

from django.contrib import admin
from django.urls import path

from staffkit.pages.saved_views import delete_view, save_view

app_name = "staffkit"
urlpatterns = [
    path("views/save/", admin.site.admin_view(save_view), name="save_view"),
    path("views/delete/", admin.site.admin_view(delete_view), name="delete_view"),
]
