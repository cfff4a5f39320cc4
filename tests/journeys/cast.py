"""The people of the story: everybody has a key and acts through the API alone."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from backend.accounts.services import create_key
from backend.catalogue.models import Product
from backend.organizations.actors import Actor
from backend.organizations.enums import DepartmentLevel, InstitutionLevel, Rank, Role
from backend.organizations.models import Organization
from tests.factories.catalogue import ProductFactory
from tests.factories.firms import FirmFactory
from tests.factories.organizations import OrganizationFactory, make_actor
from tests.factories.reference import RegionFactory

API = "/api/v1/"
_DAYS = 365


class Person:
    """Somebody with a key; every answer that is not the expected one ends the story."""

    def __init__(self, actor: Actor) -> None:
        """Make a key, as the command line does."""
        self.name: str = actor.organization.name
        self.code: str = actor.organization.code
        self.username: str = actor.user.username
        self._client = APIClient()
        _, token = create_key(actor=None, user=actor.user, days=_DAYS)
        self._client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")

    def get(self, path: str, **parameters: Any) -> Any:
        """Read."""
        answer = self._client.get(API + path, parameters)
        assert answer.status_code == 200, (path, answer.status_code, answer.content.decode())
        return answer.json()

    def rows(self, path: str, **parameters: Any) -> list[dict[str, Any]]:
        """Read one page that holds everything the story made."""
        page = self.get(path, page_size=200, **parameters)
        return page["results"]

    def post(self, path: str, body: dict[str, Any] | None = None, *, expected: int = 201) -> Any:
        """Make something."""
        return self._send("post", path, body, expected)

    def fetch(self, path: str, **parameters: Any) -> bytes:
        """Fetch a file."""
        answer = self._client.get(API + path, parameters)
        assert answer.status_code == 200, (path, answer.status_code, answer.content.decode())
        return answer.content

    def upload(self, path: str, name: str, data: bytes, *, expected: int = 201, **form: Any) -> Any:
        """Hand in a file."""
        body = {"file": SimpleUploadedFile(name, data), **form}
        answer = self._client.post(API + path, body, format="multipart")
        assert answer.status_code == expected, (path, answer.status_code, answer.content.decode())
        return answer.json()

    def act(
        self, path: str, action: str, body: dict[str, Any] | None = None, *, expected: int = 200
    ) -> Any:
        """Act on something as it was just read; ``action`` empty changes it."""
        tag = self._client.get(API + path).headers["ETag"]
        method = "post" if action else "patch"
        target = f"{path}{action}/" if action else path
        return self._send(method, target, body, expected, headers={"If-Match": tag})

    def is_refused(self, path: str) -> bool:
        """Tell whether there is no such thing for this person."""
        return self._client.get(API + path).status_code == 404

    def _send(
        self, method: str, path: str, body: dict[str, Any] | None, expected: int, **more: Any
    ) -> Any:
        answer = getattr(self._client, method)(API + path, body or {}, **more)
        assert answer.status_code == expected, (path, answer.status_code, answer.content.decode())
        return answer.json() if answer.content else None


@dataclass
class Bank:
    """A partner: who decides there, and its product."""

    manager: Person
    organization: Organization
    product: Product

    @property
    def name(self) -> str:
        return self.organization.name

    @property
    def code(self) -> str:
        return self.organization.code


@dataclass
class Stage:
    """Everybody, the scene's clock and what is told; from ``firms`` on it fills up on the way.

    ``told`` is the referral that the third bank's system heard of, ``november`` what was printed
    of that month on its last day.
    ``move_to`` moves the clock, ``sweep`` is what the scheduler does every few minutes.
    """

    say: Callable[[str], None]
    move_to: Callable[[datetime], None]
    sweep: Callable[[], None]
    officer: Person
    head: Person
    leader: Person
    county: Person
    auditor: Person
    branching: Bank
    paper: Bank
    wired: Bank
    silent: Bank
    following: Bank
    branch: Person
    firms: dict[str, Person] = field(default_factory=dict)
    needs: dict[str, dict[str, Any]] = field(default_factory=dict)
    sent: dict[str, str] = field(default_factory=dict)
    list_id: str = ""
    told: str = ""
    november: dict[str, Any] = field(default_factory=dict)

    @property
    def banks(self) -> list[Bank]:
        return [self.branching, self.paper, self.wired, self.silent, self.following]


_REGIONS = {"220000": "吉林省", "220100": "长春市", "220102": "南关区"}
# Who asks for money, of whom first, and what the story calls it.
WISHES = {
    "分行承办": ("branching",),
    "分行退回": ("branching",),
    "接口办理": ("branching",),
    "回执办理": ("paper",),
    "回执有误": ("paper",),
    "系统办理": ("wired",),
    "久无答复": ("silent", "following"),
    "中途撤回": ("branching",),
    "利率过高": ("following",),
}


def make_stage(
    *,
    say: Callable[[str], None],
    move_to: Callable[[datetime], None],
    sweep: Callable[[], None],
) -> Stage:
    """Open the accounts, as administrators do first of all, and publish one product each."""
    for code, name in _REGIONS.items():
        RegionFactory(code=code, name=name)
    leader = make_actor(
        organization__department=True,
        organization__name="演示省科技厅",
        role=Role.DEPARTMENT,
    )
    colleague: dict[str, Any] = {"organization": leader.organization}
    branching = _bank("演示一行省分行")
    branch = OrganizationFactory(
        bank=True,
        name="演示一行长春分行",
        parent=branching.organization,
        institution_level=InstitutionLevel.CITY_BRANCH,
    )
    stage = Stage(
        say=say,
        move_to=move_to,
        sweep=sweep,
        officer=Person(make_actor(**colleague, role=Role.DEPARTMENT, rank=Rank.OFFICER)),
        head=Person(make_actor(**colleague, role=Role.DEPARTMENT)),
        leader=Person(leader),
        county=_county(),
        auditor=Person(make_actor(**colleague, role=Role.AUDITOR, rank=Rank.OFFICER)),
        branching=branching,
        paper=_bank("演示二行"),
        wired=_bank("演示三行"),
        silent=_bank("演示四行"),
        following=_bank("演示五行"),
        branch=Person(make_actor(organization=branch, role=Role.INSTITUTION, rank=Rank.OFFICER)),
    )
    for number, wish in enumerate(WISHES, start=1):
        actor = make_actor(proved=True, organization__name=f"演示科技企业{number}（{wish}）")
        FirmFactory(organization=actor.organization, profiled=True)
        stage.firms[wish] = Person(actor)
    return stage


def _county() -> Person:
    return Person(
        make_actor(
            organization__department=True,
            organization__name="演示南关区科技局",
            organization__department_level=DepartmentLevel.COUNTY,
            organization__region__code="220102",
            role=Role.DEPARTMENT,
        )
    )


def _bank(name: str) -> Bank:
    manager = make_actor(organization__bank=True, organization__name=name, role=Role.INSTITUTION)
    product = ProductFactory(
        institution=manager.organization,
        name=f"{name}科技贷",
        annual_rate_min=0.045,
        annual_rate_max=0.06,
        amount_max_yuan=10_000_000,
    )
    return Bank(Person(manager), manager.organization, product)
