"""Who may know which value of a firm, at every stage of the mechanism.

`field_matrix.csv` is the reviewed answer: a row says which values, of which cases (see `cases`),
are known by whom. Every address is
read by everybody, and every answer searched for values that occur once in the world, whatever the
field that they stand in: JSON, workbooks and refusals alike. To write the file anew, for review:
``python -m pytest tests/architecture --write-matrix``.
"""

import csv
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.architecture.canaries import Canary, text_of
from tests.architecture.cases import (
    CASES,
    EVERYBODY,
    OWN,
    ConfidentialWorld,
)
from tests.architecture.rounds import read_everything

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
MATRIX = Path(__file__).with_name("field_matrix.csv")
_COLUMNS = ("values", "cases", "known_by")
# Every value of a group, and every case that no other row of the same values speaks of.
WHOLE, REST = ".*", "*"
# Who always goes together is named together.
SETS = {
    "FIRM": "owner unproved incubator",
    "BANK": "bank bank_officer head_office",
    "DEPARTMENTS": "province province_officer city county",
}
# Of how many needs and products what is computed is read by those who see many.
_MOST_COMPUTED = {"unproved": 0, "incubator": 2, "province": 2}
_MOST_COMPUTED |= dict.fromkeys(("province_officer", "city", "county"), 0)
# Cases whose own people read whatever there is; those of the others, what is the firm's.
_WHOLE_ROUNDS = frozenset({"sent", "draft"})
_FIRMS_OWN = {
    "owner": frozenset(
        {"firms", "needs", "referrals", "consents", "disclosures", "matters"} | {"data-requests"}
    ),
    "unproved": frozenset({"firms", "needs", "referrals", "matters", "data-requests"}),
}

Cell = tuple[str, str]  # a value by its name, and a case
Known = dict[Cell, set[str]]


@pytest.fixture(scope="module")
def learned(confidential_world) -> dict[str, set[Canary]]:
    """Let everybody read all they can, and note what they learned; own people by their case."""
    world, found = confidential_world, defaultdict(set)
    for who in EVERYBODY:
        for case in CASES if who in OWN else ("",):
            resources = None if case in {"", *_WHOLE_ROUNDS} else _FIRMS_OWN[who]
            answers = read_everything(
                world.client(who, case),
                most_computed=_MOST_COMPUTED.get(who, 100),
                resources=resources,
            )
            for _, body in answers:
                found[f"{case}/{who}" if case else who] |= world.canaries.found_in(text_of(body))
    return found


def read_matrix(cells: list[Cell]) -> Known:
    """Return by whom each value of each case is known; see `WHOLE` and `REST`."""
    known: Known = {}
    rest: Known = {}
    with MATRIX.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            people = set(" ".join(SETS.get(who, who) for who in row["known_by"].split()).split())
            assert people <= set(EVERYBODY), f"{row} names somebody unknown"
            speaks_of = [
                (value, case)
                for value, case in cells
                if {value, value.partition(".")[0] + WHOLE} & set(row["values"].split())
                and (row["cases"] == REST or case in row["cases"].split())
            ]
            assert speaks_of, f"{row} speaks of nothing"
            for cell in speaks_of:
                target = rest if row["cases"] == REST else known
                assert cell not in target, f"two rows speak of {cell}"
                target[cell] = people
    return rest | known


def seen_in(learned: dict[str, set[Canary]], cells: list[Cell]) -> Known:
    """Return by whom each value is known; own people count for their own case."""
    known: Known = {cell: set() for cell in cells}
    for who, canaries in learned.items():
        case, _, name = who.rpartition("/")
        for canary in canaries:
            cell = (f"{canary.group}.{canary.field}", canary.case)
            if not case or case == canary.case:
                known[cell].add(name)
    return known


def all_cells(world: ConfidentialWorld) -> list[Cell]:
    return sorted({(f"{one.group}.{one.field}", one.case) for one in world.canaries.all})


def test_everybody_knows_what_the_matrix_says_and_nothing_else(
    request, confidential_world, learned
):
    cells = all_cells(confidential_world)
    found = seen_in(learned, cells)
    if request.config.getoption("--write-matrix"):
        write_matrix(found)
        pytest.skip("the matrix was written anew; review the differences")
    matrix = read_matrix(cells)

    wrong = [
        f"{value} of {case}: {who} {'knows it' if who in found[value, case] else 'lacks it'}"
        for value, case in cells
        for who in EVERYBODY
        if (who in found[value, case]) != (who in matrix.get((value, case), ()))
    ]

    assert not wrong, f"{len(wrong)} of {len(cells) * len(EVERYBODY)} cells:\n" + "\n".join(wrong)


def test_the_matrix_speaks_of_every_value_of_every_case(confidential_world):
    cells = all_cells(confidential_world)

    assert read_matrix(cells).keys() == set(cells)
    assert len(cells) * len(EVERYBODY) >= 15_000


def test_the_people_of_one_firm_learn_nothing_of_another(learned):
    wrong = [
        f"{who} learned {canary}"
        for who, canaries in learned.items()
        for canary in canaries
        if "/" in who and canary.case in CASES and canary.case != who.partition("/")[0]
    ]

    assert not wrong, "\n".join(wrong)


def write_matrix(known: Known) -> None:
    """Write the matrix with as few rows as there are kinds of values and of cases."""
    of_value: dict[str, dict[str, str]] = defaultdict(dict)
    for (value, case), people in known.items():
        of_value[value][case] = _named(people)
    kinds: dict[str, list[str]] = defaultdict(list)
    for value, cases in of_value.items():
        kinds[f"{value.partition('.')[0]} {_apart(cases)}"].append(value)
    with MATRIX.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(_COLUMNS)
        for values in kinds.values():
            cases_of: dict[str, list[str]] = defaultdict(list)
            for case, people in of_value[values[0]].items():
                cases_of[people].append(case)
            most = _most(of_value[values[0]])
            named = _values_named(values, of_value)
            for people, cases in sorted(cases_of.items(), key=lambda item: item[0] == most):
                writer.writerow([named, REST if people == most else " ".join(cases), people])


def _most(cases: dict[str, str]) -> str:
    """Return who knows a value in most cases."""
    return max(sorted(set(cases.values())), key=list(cases.values()).count)


def _apart(cases: dict[str, str]) -> list[tuple[str, str]]:
    """Return the cases that need a row of their own, and who knows the value in the others."""
    most = _most(cases)
    return [*sorted(item for item in cases.items() if item[1] != most), (REST, most)]


def _named(people: set[str]) -> str:
    words = " ".join(who for who in EVERYBODY if who in people)
    for name, members in SETS.items():
        words = words.replace(members, name)
    return words


def _values_named(values: list[str], known: Iterable[str]) -> str:
    group = values[0].partition(".")[0]
    whole = [value for value in known if value.partition(".")[0] == group]
    return group + WHOLE if len(values) == len(whole) > 1 else " ".join(values)
