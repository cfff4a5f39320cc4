"""Situations that an officer can read and check, one YAML file each."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from matching import Matcher
from matching.schema import Firm, Need, Product, Qualification, Term

SITUATIONS = sorted((Path(__file__).parent / "situations").glob("*.yaml"))


def frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def product_from(record: dict[str, Any]) -> Product:
    values = {key: frozen(value) for key, value in record.items()}
    values["terms"] = tuple(
        Term(field=term["field"], op=term["op"], value=frozen(term["value"]))
        for term in record.get("terms", ())
    )
    values["undisclosed"] = frozenset(record.get("undisclosed", ()))
    return Product(institution="演示银行", name=record["code"], **values)


def firm_from(record: dict[str, Any]) -> Firm:
    values = {key: frozen(value) for key, value in record.items()}
    if "qualifications" in values:
        values["qualifications"] = tuple(Qualification(**item) for item in record["qualifications"])
    return Firm(uscc="F1", name="演示企业", **values)


def need_from(record: dict[str, Any]) -> Need:
    return Need(code="N1", firm="F1", **{key: frozen(value) for key, value in record.items()})


@pytest.mark.parametrize("path", SITUATIONS, ids=lambda path: path.stem)
def test_the_situation_comes_out_as_expected(path):
    case = yaml.safe_load(path.read_text(encoding="utf-8"))
    matcher = Matcher([product_from(record) for record in case["products"]])
    result = matcher.match(need_from(case["need"]), firm_from(case["firm"]), as_of=case["as_of"])
    expected = case["expected"]

    assert result.stage.stage == expected["stage"]
    assert result.stage.rule == expected.get("rule")
    assert {match.product: match.verdict for match in result.matches} == expected["matches"]
    changes = {
        miss.product: [
            {"kind": change.kind, "field": change.field, "to": change.to_value}
            for change in miss.changes
        ]
        for miss in result.near_misses
    }
    assert changes == {
        code: [{key: frozen(value) for key, value in change.items()} for change in own]
        for code, own in expected["near_misses"].items()
    }
    questions = [
        {"field": item.field, "asks": item.asks, "products": item.products}
        for item in result.questions
    ]
    assert questions == expected["questions"]
