"""How earlier firms under like conditions fared, beside each match; only while a model ranks.

Counted over all institutions that offer a kind of product, never one institution's own counts,
and only where nobody can be read out of it. It is history and no promise, and each text says so.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from backend.matches import adapters
from backend.matches.catalogue_memory import LoadedCatalogue
from backend.matches.learned_adapters import Band, find_bands
from backend.needs.selectors import NeedRecord
from matching.vocabulary import FAMILIES, FAMILY_OF_TYPE

CONDITIONS = {"stage": "企业阶段相同", "industry": "行业门类相同", "region": "同一市州"}
# What became of those who got what they asked for, where that is not money to be paid back.
_GOT = {"insurance": "完成投保", "grant": "获得补助"}


def tell_bands(
    catalogue: LoadedCatalogue,
    record: NeedRecord,
    result: adapters.NeedResult,
    *,
    as_of: date,
) -> Mapping[str, dict[str, Any] | None] | None:
    """Describe the band of each product that an answer shows; None where rules rank."""
    learned = catalogue.learned
    if learned is None:
        return None
    shown = [*result.matches, *(one.match for one in result.explored)]
    family_of = {match.product: _family(catalogue, match.product) for match in shown}
    bands = find_bands(
        learned,
        record.need,
        record.firm,
        as_of=as_of,
        stage=result.stage,
        families={family for family in family_of.values() if family is not None},
    )
    told = {
        family: band_payload(
            band,
            family,
            until=learned.model.card.until,
            is_demonstration=catalogue.is_demonstration,
        )
        for family, band in bands.items()
        if band is not None
    }
    return {
        product: None if family is None else told.get(family)
        for product, family in family_of.items()
    }


def band_payload(band: Band, family: str, *, until: date, is_demonstration: bool) -> dict[str, Any]:
    """Describe a band: what was counted, the interval, and a sentence that promises nothing."""
    return {
        "kind": family,
        "kind_label": FAMILIES[family],
        "conditions": list(band.conditions),
        "condition_labels": [CONDITIONS[condition] for condition in band.conditions],
        "firms": band.firms,
        "funded": band.funded,
        "low": band.low,
        "high": band.high,
        "until": until,
        "is_demonstration": is_demonstration,
        "text": band_text(band, family, until=until),
    }


def band_text(band: Band, family: str, *, until: date) -> str:
    """Say a band; whoever shows it puts before it whose conditions are meant."""
    alike = "、".join(CONDITIONS[condition] for condition in band.conditions)
    got = _GOT.get(family, "获得融资")
    return (
        f"条件相近（{alike}）、已有答复的{band.firms}家企业中{band.funded}家"
        f"通过{FAMILIES[family]}类产品{got}，95%区间{band.low:.0%}–{band.high:.0%}。"
        f"这是{until.year}年{until.month}月{until.day}日以前的历史记录，不是承诺。"
    )


def _family(catalogue: LoadedCatalogue, product: str) -> str | None:
    """Return the kind of a product; None where its type is not disclosed."""
    financing_type = catalogue.products[product].financing_type
    return None if financing_type is None else FAMILY_OF_TYPE.get(financing_type)
