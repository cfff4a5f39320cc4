"""The platform's addresses without what answers for its errors."""

from backend.config.urls import urlpatterns

__all__ = ["urlpatterns"]
