"""What goes in."""

from rest_framework import serializers

from backend.api.serializers import StrictSerializer


class SignInInput(StrictSerializer):
    """A name and a password."""

    username = serializers.CharField(max_length=150)
    password = serializers.CharField(max_length=1_000, trim_whitespace=False)
