"""The addresses of this resource."""

from rest_framework.routers import BaseRouter

from backend.api.v1.referral_lists.views import ReferralListViewSet


def register(router: BaseRouter) -> None:
    """Add this resource to the router."""
    router.register("referral-lists", ReferralListViewSet, basename="referral-list")
