"""Which open needs no product serves, and which relaxed conditions would serve most of them."""

from typing import Any

from backend.matches import adapters, payloads, policies
from backend.matches.catalogue_memory import LoadedCatalogue
from backend.matches.fragments import encode
from backend.matches.held_needs import held_needs
from backend.matches.payloads import product_payload
from backend.matches.reason_texts import criterion_label, say_condition
from backend.matches.shared_answers import answer_over_needs
from backend.matches.wording import say_number, spaced
from backend.needs.selectors import list_need_records
from backend.organizations.actors import Actor
from matching.vocabulary import FINANCING_TYPES, STAGES

_UNKNOWN = "未知"
_LIMIT_LABELS = {
    "amount_min_yuan": ("最低金额", "yuan"),
    "amount_max_yuan": ("最高金额", "yuan"),
    "term_min_months": ("最短期限", "month"),
    "term_max_months": ("最长期限", "month"),
    "annual_rate_min": ("最低年化利率", "fraction"),
    "firm_age_min_months": ("企业成立时间下限", "month"),
    "firm_age_max_months": ("企业成立时间上限", "month"),
}


def answer_coverage(*, actor: Actor, top: int, region: str | None = None) -> bytes:
    """Count the open needs of a department's region and below that no product serves, in JSON.

    ``region`` leaves those of a division inside it.

    Groups are as they are, however small: the department may see each of these needs. ``top``
    cuts the relaxations. Remembered. Raises NotPermitted for everybody else.
    """
    policies.require_can_see_coverage(actor)

    def make(catalogue: LoadedCatalogue, need_pks: list[int]) -> bytes:
        return encode(_describe(actor, catalogue, need_pks, top, region or actor.region))

    return answer_over_needs(actor=actor, question=("coverage", top), make=make, region=region)


def _describe(
    actor: Actor, catalogue: LoadedCatalogue, need_pks: list[int], top: int, region: str | None
) -> dict[str, Any]:
    as_of = actor.today
    served = adapters.find_served(catalogue.bulk_matcher(as_of), held_needs.on(as_of).columns)
    pairs = [(record.need, record.firm) for record in list_need_records(need_pks, as_of)]
    found = adapters.cover(catalogue.matcher, pairs, as_of=as_of, top=top, served=served)
    return {
        "as_of": as_of,
        "region": region,
        **payloads.common_payload(catalogue),
        "needs": found.needs,
        "firms": found.firms,
        "unserved_needs": found.unserved_needs,
        "unserved_firms": found.unserved_firms,
        "gaps": [_gap_payload(gap, catalogue) for gap in found.gaps],
        "relaxations": [
            _relaxation_payload(relaxation, catalogue) for relaxation in found.relaxations
        ],
    }


def _gap_payload(gap: adapters.Gap, catalogue: LoadedCatalogue) -> dict[str, Any]:
    group = gap.group
    city_name = catalogue.names.regions.get(group.city, group.city) if group.city else _UNKNOWN
    return {
        "stage": group.stage,
        "stage_label": STAGES[group.stage] if group.stage else _UNKNOWN,
        "amount_above_yuan": group.amount_above_yuan,
        "amount_up_to_yuan": group.amount_up_to_yuan,
        "amount_label": _band_label(group.amount_above_yuan, group.amount_up_to_yuan),
        "city": group.city,
        "city_name": city_name,
        "financing_type": group.financing_type,
        "financing_type_label": FINANCING_TYPES[group.financing_type]
        if group.financing_type
        else "不限",
        "unserved_needs": gap.unserved_needs,
        "unserved_firms": gap.unserved_firms,
        "needs": gap.needs,
        "firms": gap.firms,
    }


def _band_label(above: int | None, up_to: int | None) -> str:
    """Say a band of amounts; the lowest begins at nothing, the highest has no end."""
    if above is None and up_to is None:
        return "未填"
    if above is None:
        return spaced(f"{say_number(up_to, 'yuan')}及以下")
    if up_to is None:
        return spaced(f"{say_number(above, 'yuan')}以上")
    return spaced(f"{say_number(above, 'yuan')}以上至{say_number(up_to, 'yuan')}")


def _relaxation_payload(
    relaxation: adapters.Relaxation, catalogue: LoadedCatalogue
) -> dict[str, Any]:
    return {
        **product_payload(relaxation.product, catalogue),
        "criterion": relaxation.criterion,
        "label": criterion_label(relaxation.criterion),
        "field": relaxation.field,
        "kind": relaxation.kind,
        "from": relaxation.from_value,
        "to": relaxation.to_value,
        "needs": relaxation.needs,
        "firms": relaxation.firms,
        "steps": [
            {
                "to": step.to_value,
                "needs": step.needs,
                "firms": step.firms,
                "text": _step_text(relaxation, step.to_value, step.needs, step.firms, catalogue),
            }
            for step in relaxation.steps
        ],
    }


def _step_text(
    relaxation: adapters.Relaxation,
    to_value: object,
    needs: int,
    firms: int,
    catalogue: LoadedCatalogue,
) -> str:
    change = _change_text(relaxation, to_value, catalogue)
    return spaced(f"{change}，可多服务{needs}项需求（{firms}家企业）")


def _change_text(
    relaxation: adapters.Relaxation, to_value: object, catalogue: LoadedCatalogue
) -> str:
    criterion, label = relaxation.criterion, criterion_label(relaxation.criterion)
    if to_value is None:
        return f"取消“{label}”的要求"
    if relaxation.field in _LIMIT_LABELS:
        label, unit = _LIMIT_LABELS[relaxation.field]
        before, after = say_number(relaxation.from_value, unit), say_number(to_value, unit)
        return f"{label}由{before}放宽为{after}"
    after = say_condition(criterion, to_value, catalogue.names)
    if relaxation.kind == "limit":
        before = say_condition(criterion, relaxation.from_value, catalogue.names)
        return f"对{label}的要求由{before}放宽为{after}"
    return f"“{label}”的要求{'增加' if relaxation.kind == 'add' else '去掉'}：{after}"
