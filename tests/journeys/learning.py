"""How the ranking learns on the demonstration: train, compare, activate, explain, roll back."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Any

from backend.ranking.services import LEAST_NEEDS
from tests.journeys.cast import Person

_SHOWN = 3


def tell_learning(
    head: Person,
    need_ids: Sequence[str],
    say: Callable[[str], None],
    *,
    working: Callable[[], AbstractContextManager[Any]],
) -> None:
    """Tell how a head of the department lets outcomes rank, and takes it back; in five steps.

    It looks at the one of some needs that suits most products. Within ``working`` workers do
    what is asked.
    """
    say("\n一、先按规则排序")
    paths = [f"needs/{need_id}/matches/" for need_id in need_ids]
    path = max(paths, key=lambda path: len(_ranked(head, path)))
    by_rules = _ranked(head, path)
    _say_matches(say, by_rules)
    assert head.get("models/in-use/")["number"] is None

    say("\n二、用演示结果训练，与规则比较")
    with working():
        asked = head.post("models/train/", {"demonstration": True})
    version = head.get(f"models/{asked['id']}/")
    assert version["status"] == "trained", version
    found = version["comparison"]
    assert found["needs"] >= LEAST_NEEDS
    assert found["low"] > 0
    say(f"  第{version['number']}版学自 {version['metrics']['outcomes']} 条结果。")
    say(
        f"  {found['since']} 至 {found['until']} 的 {found['needs']} 项需求："
        f"NDCG@10 {found['base_ndcg']:.3f} → {found['ndcg']:.3f}，"
        f"差 {found['difference']:+.3f}（{found['low']:+.3f} 至 {found['high']:+.3f}）。"
    )

    say("\n三、启用，同一需求的排序与理由随之改变")
    head.act(f"models/{version['id']}/", "activate")
    learned = _ranked(head, path)
    _say_matches(say, learned)
    assert [one["product"] for one in learned] != [one["product"] for one in by_rules]
    assert {one["product"]: one["verdict"] for one in learned} == {
        one["product"]: one["verdict"] for one in by_rules
    }

    say("\n四、理由拆到每一部分")
    first = next(part for part in learned[0]["components"] if part["code"] == "learned")
    say(f"  {learned[0]['product_name']}：以往结果 {first['value']:.3f} × {first['weight']:.2f}")
    for part in first["parts"]:
        say(f"    {part['label']}：{part['log_odds']:+.3f}")

    say("\n五、一键回退，得分与从前一字不差")
    head.post("models/roll-back/", {}, expected=200)
    assert _ranked(head, path) == by_rules
    say("  与第一步逐字相同。")


def _ranked(head: Person, path: str) -> list[dict[str, Any]]:
    return head.get(path, top=200)["matches"]


def _say_matches(say: Callable[[str], None], matches: list[dict[str, Any]]) -> None:
    for match in matches[:_SHOWN]:
        say(
            f"  {match['rank']}. {match['product_name']}（{match['institution_name']}）"
            f"{match['score']:.4f}"
        )
