"""Pages about one's own login. They stand before the admin site's own, whose login and password pages they replace."""

from django.contrib import admin
from django.urls import path

from security import pages
from security.login import CodePage, LoginPage

app_name = "security"
urlpatterns = [
    path("login/", LoginPage.as_view(), name="login"),
    path("login/code/", CodePage.as_view(), name="code"),
    path("password_change/", admin.site.admin_view(pages.OwnPasswordPage.as_view()), name="password"),
    path("security/", admin.site.admin_view(pages.overview), name="overview"),
    path("security/sessions/", admin.site.admin_view(pages.end), name="end_sessions"),
    path("security/second-step/", admin.site.admin_view(pages.SetUpPage.as_view()), name="set_up"),
    path("security/second-step/off/", admin.site.admin_view(pages.TurnOffPage.as_view()), name="turn_off"),
    path("security/second-step/codes/", admin.site.admin_view(pages.RenewPage.as_view()), name="renew"),
]
