"""Ids, hidden values and other ways by which somebody could learn of what is not theirs.

Every id that somebody sees is used by others on every address that takes such ids; hidden values
change and every answer to a stranger stays byte for byte the same; logs and messages to partners'
systems hold nothing of firms.
"""

import json
import logging
import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from drf_spectacular.generators import SchemaGenerator
from rest_framework.test import APIClient

from backend.firms.models import Fact, Firm
from backend.journal.models import Event
from backend.needs.models import Need
from backend.organizations.models import Organization
from backend.webhooks.models import WebhookMessage
from tests.architecture.canaries import text_of
from tests.architecture.cases import CASES, ConfidentialWorld
from tests.architecture.operations import Operation, all_operations
from tests.architecture.rounds import ID, PUBLIC, list_ids, read_everything, reading
from tests.architecture.test_access_matrix import BODIES
from tests.factories.firms import FactFactory
from tests.factories.needs import NeedFactory

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

# Whose ids are used, and who uses the ids of others.
OWNERS = ("sent/owner", "draft/owner", "declined/owner")
SEERS = (*OWNERS, "incubator", "bank", "city_branch", "other_bank", "province", "auditor")
REPLAYERS = ("draft/owner", "incubator_unasked", "sibling_branch", "other_bank", "other_city")
REPLAYERS += ("administrator",)
# One id is enough of those that the same people see.
_IDS_OF_A_KIND = 1


def ids_seen(client: APIClient, resource: str) -> set[str]:
    """Return the ids of a resource's objects that somebody's page names."""
    listing = f"/api/v1/{resource}/"
    if not any(operation.path == listing for operation in reading()[resource]):
        return set()
    answer = client.get(listing, {"page_size": "200"})
    return set(list_ids(answer.content)) if answer.status_code == 200 else set()


def hidden_ids(world: ConfidentialWorld, resource: str) -> Iterator[tuple[str, set[str]]]:
    """Yield an id per set of people who see it, with those people."""
    seen_by: dict[str, set[str]] = defaultdict(set)
    for who in {*SEERS, *REPLAYERS}:
        for found in ids_seen(world.clients[who], resource):
            seen_by[found].add(who)
    kinds: dict[frozenset[str], list[str]] = defaultdict(list)
    for found, people in sorted(seen_by.items()):
        kinds[frozenset(people)].append(found)
    for people, found in kinds.items():
        for one in found[:_IDS_OF_A_KIND]:
            yield one, set(people)


def naming_an_object(resource: str) -> list[Operation]:
    return [o for o in all_operations() if o.resource == resource and ID in o.path]


def send(client: APIClient, operation: Operation, path: str) -> Any:
    arguments = [BODIES[operation.name]] if operation.name in BODIES else []
    with transaction.atomic():
        answer = getattr(client, operation.method)(path, *arguments, headers={"If-Match": '"1"'})
        transaction.set_rollback(True)
    return answer


def with_parts(path: str, found: str) -> str:
    """Fill an address with an id, wherever it takes one."""
    return re.sub(r"\{\w+\}", found, path)


def test_an_id_that_another_sees_opens_nothing(confidential_world):
    wrong, tried = [], 0
    for resource in sorted(reading().keys() - PUBLIC):
        operations = naming_an_object(resource)
        for found, people in hidden_ids(confidential_world, resource) if operations else ():
            for who in REPLAYERS:
                if who in people:
                    continue
                for operation in operations:
                    path = with_parts(operation.path, found)
                    answer = send(confidential_world.clients[who], operation, path)
                    tried += 1
                    if answer.status_code != 404 or found in _without_address(answer.content):
                        wrong.append(f"{operation.name} as {who}: {answer.status_code}")

    assert not wrong, f"{len(wrong)} of {tried}:\n" + "\n".join(sorted(set(wrong)))
    assert tried >= 500


def _without_address(content: bytes) -> str:
    """Return a refusal without the address that it repeats."""
    return json.dumps({**json.loads(content), "instance": None})


def test_a_part_of_another_object_is_not_found_through_ones_own(confidential_world):
    """A stay of another firm, named under the own firm, is as unknown as any."""
    owner = confidential_world.clients["draft/owner"]
    own, other = (confidential_world.cases[name].firm for name in ("draft", "sent"))
    foreign = other.tenancies.first().public_id

    for action in ("give-consent", "withdraw-consent"):
        answer = owner.post(f"/api/v1/firms/{own.public_id}/tenancies/{foreign}/{action}/", {})

        assert answer.status_code == 404, action


# --- inference: what a stranger is answered does not depend on what they may not see ---

STRANGERS = ("draft/owner", "other_bank", "other_city")


def everything_answered(world: ConfidentialWorld, who: str) -> dict[str, tuple[int, str, bytes]]:
    """Return every answer to somebody, with its ETag, also under filters and orders."""
    client, found = world.clients[who], {}
    for path, body in read_everything(client, most_computed=2):
        if not path.endswith("/export/"):  # a firm's own; it tells of the export before it
            found[path] = (0, "", body)
    for path, query in questions(world):
        answer = client.get(path, query)
        tag = answer.headers.get("ETag", "")
        found[f"{path}?{sorted(query.items())}"] = (answer.status_code, tag, answer.content)
    return found


def questions(world: ConfidentialWorld) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield every list with every order, and with every filter that could name what is hidden."""
    document = SchemaGenerator().get_schema(request=None, public=True)
    case = world.cases["sent"]
    ids = [case.need.public_id, case.firm.public_id, case.firm.organization.public_id]
    ids.append(case.referral.public_id)
    words = [case.firm.organization.name, case.firm.organization.code, case.need.code]
    for operation in all_operations():
        if operation.method != "get" or "{" in operation.path or operation.resource in PUBLIC:
            continue
        if operation.path.endswith("/document/"):
            continue  # the same report as a file, which carries the moment it was written
        described = document["paths"].get(operation.path, {}).get("get", {})
        for parameter in described.get("parameters", ()):
            schema = parameter["schema"]
            values: list[Any] = schema.get("items", schema).get("enum", [])
            if schema.get("format") == "uuid":
                values = ids
            elif not values and schema.get("type") == "string" and "format" not in schema:
                values = words
            if parameter["name"] not in {"cursor", "page_size"}:
                for value in values[:4]:
                    yield operation.path, {parameter["name"]: str(value)}


def change_what_is_hidden(world: ConfidentialWorld) -> None:
    """Give firms other names, figures and needs, and lead needs and referrals elsewhere."""
    for name in ("sent", "open", "acknowledged", "open_consented", "approved"):
        case = world.cases[name]
        Organization.objects.filter(pk=case.firm.organization_id).update(name=f"改名{name}")
        Firm.objects.filter(pk=case.firm.pk).update(
            industry="I6510", description="另一句话", declared_stage="mature"
        )
        FactFactory(firm=case.firm, field="employees", value=9_999, as_of=timezone.localdate())
        Need.objects.filter(pk=case.need.pk).update(
            amount_max_yuan=9_999_999,
            description="另一句话",
            contact_name="另一人",
            dossier="另一方案",
            needed_by=timezone.localdate() + timedelta(days=3),
        )
        NeedFactory(firm=case.firm, open=True)
    assert Fact.objects.filter(value=9_999).count() == 5


def test_what_is_hidden_changes_no_answer_to_a_stranger(confidential_world):
    before = {who: everything_answered(confidential_world, who) for who in STRANGERS}
    with transaction.atomic():
        change_what_is_hidden(confidential_world)
        after = {who: everything_answered(confidential_world, who) for who in STRANGERS}
        transaction.set_rollback(True)

    assert sum(map(len, before.values())) >= 300
    wrong = [
        f"{who}: {path}"
        for who in STRANGERS
        for path in before[who].keys() | after[who].keys()
        if before[who].get(path) != after[who].get(path)
    ]
    assert not wrong, "\n".join(wrong)


# --- what leaves by other ways ---


@pytest.fixture
def log() -> Iterator[list[str]]:
    """Collect whatever is logged, as the platform's own formatter writes it."""
    lines: list[str] = []
    root = logging.getLogger()
    formatter = next(h.formatter for h in root.handlers if type(h) is logging.StreamHandler)

    class Collector(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(formatter.format(record))

    handler = Collector(logging.INFO)
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield lines
    root.removeHandler(handler)
    root.setLevel(level)


def test_nothing_of_a_firm_stands_in_the_journal(confidential_world):
    payloads = json.dumps(list(Event.objects.values_list("payload", flat=True)))

    assert len(payloads) > 10_000
    assert {c for c in confidential_world.canaries.found_in(payloads) if c.case in CASES} == set()


def test_nothing_of_a_firm_goes_to_partners_systems_and_nothing_at_all_to_the_uninvolved(
    confidential_world,
):
    messages = WebhookMessage.objects.select_related("endpoint")
    bank = confidential_world.bank.pk
    units = {confidential_world.people[who].organization.pk for who in ("bank", "city_branch")}

    assert messages.filter(endpoint__organization=bank).count() >= 10
    assert {message.endpoint.organization_id for message in messages} <= units
    assert not confidential_world.canaries.found_in("\n".join(m.body for m in messages))


def test_nothing_of_a_firm_stands_in_the_log_whatever_goes_wrong(confidential_world, log):
    """Readings, refused writes, values that the database refuses, and a defect."""
    case = confidential_world.cases["sent"]
    owner, bank = (confidential_world.client(who, "sent") for who in ("owner", "bank"))
    for client in (owner, bank):
        for _ in read_everything(client, most_computed=1, resources=frozenset({"referrals"})):
            pass
    need = f"/api/v1/needs/{case.need.public_id}/"
    secret = case.need.contact_name
    owner.patch(need, {"contact_name": secret, "amount_max_yuan": 10**20})
    owner.post("/api/v1/needs/", {"contact_name": secret * 100})
    owner.get("/api/v1/needs/", {"q": secret})

    assert not confidential_world.canaries.found_in("\n".join(log))


def test_what_the_database_refuses_is_logged_without_the_row(confidential_world, log):
    """PostgreSQL's own words repeat the row that was refused; they stay out of log and answer."""
    from django.db import IntegrityError

    from backend.api.errors import problem_handler

    need = confidential_world.cases["sent"].need
    with pytest.raises(IntegrityError) as raised, transaction.atomic():
        Need.objects.filter(pk=need.pk).update(contact_phone="")
    answer = problem_handler(raised.value, {})
    logging.getLogger("django.request").error("Internal Server Error", exc_info=raised.value)

    assert answer is None
    assert confidential_world.canaries.found_in(str(raised.value))
    assert not confidential_world.canaries.found_in("\n".join(log))


def test_text_of_a_workbook_is_searched_too(confidential_world):
    """A check of the search itself: the bank's sheet names a firm inside the workbook."""
    client = confidential_world.clients["bank"]
    (sheet,) = ids_seen(client, "sheets")
    workbook = client.get(f"/api/v1/sheets/{sheet}/workbook/").content

    assert workbook.startswith(b"PK")
    found = confidential_world.canaries.found_in(text_of(workbook))
    assert {"identity", "wish", "contact"} <= {c.group for c in found if c.case == "sent"}
