"""What the constraints of several apps promise."""

from django.db.models import F, Q

# The end is excluded; a missing end is open.
PERIOD_HOLDS_A_DAY = (
    Q(valid_from__isnull=True) | Q(valid_until__isnull=True) | Q(valid_from__lt=F("valid_until"))
)


def in_order(low: str, high: str) -> Q:
    """Say "the one end is not above the other" wherever both are given."""
    return (
        Q(**{f"{low}__isnull": True})
        | Q(**{f"{high}__isnull": True})
        | Q(**{f"{low}__lte": F(high)})
    )
