"""Addresses of pages; each role's lie below its own prefix."""

from django.urls import include, path

from backend.portal.account import views as account

app_name = "portal"

urlpatterns = [
    path("", account.home, name="home"),
    path("sign-in/", account.SignIn.as_view(), name="sign_in"),
    path("sign-out/", account.SignOut.as_view(), name="sign_out"),
    path("account/", account.Account.as_view(), name="account"),
    path("firm/", include("backend.portal.firm.urls")),
    path("institution/", include("backend.portal.institution.urls")),
    path("department/", include("backend.portal.department.urls")),
    path("incubator/", include("backend.portal.incubator.urls")),
]
