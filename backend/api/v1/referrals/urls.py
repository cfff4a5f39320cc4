"""Addresses of referrals."""

from rest_framework.routers import BaseRouter

from backend.api.v1.referrals.views import ReferralViewSet


def register(router: BaseRouter) -> None:
    """Add the resource to the router."""
    router.register("referrals", ReferralViewSet, basename="referral")
