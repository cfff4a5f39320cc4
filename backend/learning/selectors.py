"""What is read of the ranking in use."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from backend.learning.models import PastSource
from backend.matches.catalogue_memory import catalogues
from backend.matches.learned_adapters import number_of
from backend.ranking.models import ModelVersion

UNUSABLE = "模型文件无法使用（被改动、损坏或由其他版本训练），平台现按规则排序；请回退或重新训练。"


def basis_of(versions: Mapping[str, Any]) -> str:
    """Say what the versions of a result were ranked by."""
    number = number_of(versions)
    return f"模型 第{number}版" if number else "规则"


@dataclass(frozen=True, slots=True)
class InUse:
    """What the ranking is based on; ``problem`` says why a model that is active does not rank."""

    basis: str
    label: str
    number: int | None
    problem: str = ""


def describe_in_use() -> InUse:
    """Say whether rules or a model rank now, as every answer does from this moment."""
    catalogue = catalogues.current()
    if catalogue.model and catalogue.learned is not None:
        return InUse("model", f"模型 第{catalogue.model}版", catalogue.model)
    return InUse("rules", "规则", None, UNUSABLE if catalogue.model else "")


def list_withdrawn_names(version: ModelVersion) -> set[str]:
    """Return which of the sources that a version learned from were taken back since."""
    named = {source["name"] for source in version.metrics.get("sources", ())}
    withdrawn = PastSource.objects.filter(name__in=named, withdrawn_at__gte=version.asked_at)
    return set(withdrawn.values_list("name", flat=True))
