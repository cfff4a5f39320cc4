"""The user account and the keys that its programs use."""

import uuid

from django.contrib.auth.models import AbstractUser
from django.db import models
from knox.models import AbstractAuthToken, AuthTokenManager

from backend.accounts.querysets import ApiKeyQuerySet


class User(AbstractUser):
    """A person; what they may do follows from their memberships alone.

    Django's own permissions, staff and superuser switches grant nothing here.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    display_name = models.CharField("姓名", max_length=60, blank=True)
    phone = models.CharField("手机", max_length=20, blank=True)

    def __str__(self) -> str:
        return self.display_name or self.username


class ApiKey(AbstractAuthToken):
    """A key of one user; only its hash is kept, and its first characters to know it by.

    ``digest`` is the hash and the primary key, ``token_key`` the first characters, ``expiry``
    the instant from which the key is refused.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField("用途", max_length=60, blank=True)

    objects = AuthTokenManager.from_queryset(ApiKeyQuerySet)()

    class Meta:
        ordering = ["-created", "-public_id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(expiry__isnull=False), name="api_key_always_expires"
            )
        ]

    def __str__(self) -> str:
        return f"{self.token_key}…"
