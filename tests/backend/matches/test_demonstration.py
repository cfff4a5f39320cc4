"""`load_demo` and `show_matches`: in demonstration mode only, once, and worth looking at."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from backend.accounts.models import ApiKey, User
from backend.announcements.models import Announcement
from backend.catalogue.models import Product
from backend.firms.models import Firm
from backend.journal.services import sweep
from backend.needs.models import Need
from backend.notifications.models import Notification
from backend.organizations.actors import resolve_actor
from backend.organizations.models import Membership, Organization
from backend.partners.models import Agreement, Contact
from backend.recommendations.models import Endorsement, Recommendation
from backend.recommendations.selectors import recommenders_of
from backend.referrals.models import Referral
from tests.factories.lists import Office

pytestmark = pytest.mark.django_db


def run(command, **options):
    out = StringIO()
    call_command(command, stdout=out, **options)
    return out.getvalue()


@pytest.fixture
def demo_mode(settings):
    """A platform that was started for a demonstration."""
    settings.KERONG_DEMO = True


@pytest.fixture
def codes_and_catalogue(db):
    """What every platform has before."""
    run("load_reference")
    run("load_catalogue")


def test_outside_demonstration_mode_nothing_is_loaded(codes_and_catalogue, settings):
    """No default account exists anywhere."""
    settings.KERONG_DEMO = False
    with pytest.raises(CommandError, match="KERONG_DEMO"):
        run("load_demo")
    assert not User.objects.exists()
    assert not Firm.objects.exists()


def test_without_the_catalogue_it_says_what_to_load_first(demo_mode):
    """And leaves nothing half-written."""
    with pytest.raises(CommandError, match="load_catalogue"):
        run("load_demo")
    assert not Organization.objects.exists()


def test_the_demonstration_is_whole(codes_and_catalogue, demo_mode):
    """Firms, needs in their states, offers, accounts that work, ranked matches in words."""
    printed = run("load_demo")
    assert Firm.objects.count() >= 120
    assert Firm.objects.filter(organization__is_demonstration=False).count() == 0
    states = set(Need.objects.values_list("status", flat=True))
    assert {"draft", "submitted", "open"} <= states
    assert Need.objects.open().count() >= 120
    assert Product.objects.filter(institution__is_demonstration=True).count() >= 40
    _check_beginning()
    _check_accounts(printed)
    _check_partners()
    _check_recommendations()
    _check_second_run()
    _check_ranking()
    _check_list()


def _check_accounts(printed):
    """Each account signs in with the password that was printed; three have a key."""
    users = list(User.objects.exclude(password=""))
    assert len(users) == 16
    words = set(printed.replace("│", " ").split())
    for user in users:
        assert user.username in words
        assert any(user.check_password(word) for word in words if len(word) >= 20), user.username
    assert ApiKey.objects.count() == 3
    proved = Membership.objects.exclude(authority_proved_at=None)
    assert {place.user.username for place in proved} == {
        "demo-incubator",
        "demo-firm-1",
        "demo-firm-2",
    }
    incubator = User.objects.get(username="demo-incubator")
    actor = resolve_actor(incubator, today=Need.objects.first().created_at.date())
    assert Firm.objects.visible_to(actor).count() == 1


def _check_partners():
    """Everything made up says so, and a bank has its branches with what they serve."""
    assert Agreement.objects.count() >= 8
    assert all("演示" in agreement.document_number for agreement in Agreement.objects.all())
    assert all(contact.name.startswith("演示") for contact in Contact.objects.all())
    bank = Organization.objects.get(code="demo-songliao-bank")
    assert bank.institution_level == "provincial_branch"
    branches = Organization.objects.filter(parent=bank)
    assert {branch.institution_level for branch in branches} == {"city_branch"}
    assert all(branch.service_regions.count() == 1 for branch in branches)


def _check_recommendations():
    """A county's needs in every state, and a tenant that its incubator speaks well of."""
    states = sorted(Recommendation.objects.values_list("status", flat=True))
    assert states == ["accepted", "draft", "returned", "submitted"]
    assert all(one.opinion.startswith("演示") for one in Recommendation.objects.all())
    endorsed = Endorsement.objects.values_list("need_id", flat=True)
    assert endorsed
    accepted = Recommendation.objects.get(status="accepted")
    assert accepted.need.status == "open"
    assert "演示" in recommenders_of([accepted.need_id])[accepted.need_id]
    assert len(recommenders_of(endorsed)) == len(endorsed)


def _check_list():
    """A newcomer drafts, signs and sends a list with named and with masked rows at once."""
    today = timezone.localdate()
    officer, head, leader = (
        resolve_actor(User.objects.get(username=f"demo-{name}"), today=today)
        for name in ("officer", "manager", "leader")
    )
    office = Office(officer=officer, head=head, leader=leader)
    sent = office.draft_and_send(per_need=2)
    assert not sent.fallen
    assert Referral.objects.count() >= 100
    assert Referral.objects.values("institution").distinct().count() >= 6
    named = Referral.objects.filter(need__consents__isnull=False).values("need").distinct()
    assert 0 < named.count() < Referral.objects.values("need").distinct().count()


def _check_beginning():
    """Nobody begins with news of what was loaded; everybody with what a department makes known."""
    while sweep(now=timezone.now()):
        pass
    assert not Notification.objects.exists()
    assert Announcement.objects.filter(status="published", is_pinned=True).count() == 1


def _check_second_run():
    before = (Firm.objects.count(), Need.objects.count(), User.objects.count())
    assert run("load_demo") == ""
    assert (Firm.objects.count(), Need.objects.count(), User.objects.count()) == before


def _check_ranking():
    shown = run("show_matches", needs=4, top=3)
    assert shown.count("需求：") == 4
    assert "符合已公布条件" in shown
    assert "不构成担保" in shown


def test_show_matches_says_when_there_is_nothing_to_show():
    """An empty platform."""
    assert "没有已核验的演示需求" in run("show_matches")
