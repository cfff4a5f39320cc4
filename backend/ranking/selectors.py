"""What is read of the ranking in use."""

from dataclasses import dataclass

from django.db.models import Subquery
from django.db.models.functions import Coalesce

from backend.ranking.models import ModelVersion

RULES = 0
# The number of the version in use, 0 for rules; read beside other things in one statement.
ACTIVE_NUMBER = Coalesce(Subquery(ModelVersion.objects.active().values("number")[:1]), RULES)


@dataclass(frozen=True, slots=True)
class StoredModel:
    """A version's file with what it is checked against and its weight in the score."""

    number: int
    content: bytes
    sha256: str
    weight: float


def get_active_number() -> int:
    """Return the number of the version in use; 0 where the platform ranks by rules."""
    return ModelVersion.objects.active().values_list("number", flat=True).first() or RULES


def is_demonstration(number: int) -> bool:
    """Tell whether a version learned from simulated outcomes."""
    return ModelVersion.objects.filter(number=number, is_demonstration=True).exists()


def get_stored_model(number: int) -> StoredModel | None:
    """Return the file of a version, also of one that is no longer in use."""
    row = (
        ModelVersion.objects.filter(number=number, content__isnull=False)
        .values_list("number", "content", "sha256", "weight")
        .first()
    )
    if row is None:
        return None
    stored, content, sha256, weight = row
    return StoredModel(stored, bytes(content), sha256, weight)
