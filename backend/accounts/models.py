"""The user account."""

import uuid

from django.contrib.auth.models import AbstractUser
from django.db import models


class User(AbstractUser):
    """A person; what they may do follows from their memberships alone.

    Django's own permissions, staff and superuser switches grant nothing here.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    display_name = models.CharField("姓名", max_length=60, blank=True)
    phone = models.CharField("手机", max_length=20, blank=True)

    def __str__(self) -> str:
        return self.display_name or self.username
