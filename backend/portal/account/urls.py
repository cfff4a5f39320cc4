"""Addresses of the way in, and of one's own account."""

from django.urls import path

from backend.portal.account import account, register, second_factor, sign_in

urlpatterns = [
    path("", sign_in.home, name="home"),
    path("sign-in/", sign_in.SignIn.as_view(), name="sign_in"),
    path("sign-in/code/", second_factor.GiveCode.as_view(), name="give_code"),
    path("sign-out/", sign_in.SignOut.as_view(), name="sign_out"),
    path("register/", register.Register.as_view(), name="register"),
    path("register/code/", register.check_code, name="register_code"),
    path("account/", account.Account.as_view(), name="account"),
    path("account/password/", account.Password.as_view(), name="account_password"),
    path("account/second-factor/", second_factor.Enrol.as_view(), name="enrol"),
    path(
        "account/second-factor/remove/",
        second_factor.RemoveFactor.as_view(),
        name="account_remove_factor",
    ),
    path("account/keys/new/", account.NewKey.as_view(), name="account_new_key"),
    path(
        "account/keys/<uuid:key_id>/revoke/", account.RevokeKey.as_view(), name="account_revoke_key"
    ),
]
