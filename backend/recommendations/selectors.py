"""What is read of recommendations by others: who recommends a need."""

from collections import defaultdict
from collections.abc import Collection, Mapping

from django.db.models import Exists, OuterRef, QuerySet

from backend.firms.models import Tenancy
from backend.needs.models import Need
from backend.organizations.actors import Actor
from backend.recommendations.models import Endorsement, Recommendation

_BETWEEN = "、"


def recommenders_of(need_pks: Collection[int]) -> Mapping[int, str]:
    """Return per need the text that a sheet shows as 推荐单位; two queries for any number.

    First the departments whose recommendation the last level accepted, then the incubators whose
    endorsement stands, each in order of time. A need that nobody recommends is left out.
    """
    names: dict[int, dict[str, None]] = defaultdict(dict)
    recommended = Recommendation.objects.accepted(need_pks).order_by("accepted_at", "pk")
    for need, name in recommended.values_list("need_id", "department__name"):
        names[need][name] = None
    endorsed = Endorsement.objects.standing().filter(need_id__in=need_pks).order_by("pk")
    for need, name in endorsed.values_list("need_id", "incubator__name"):
        names[need][name] = None
    return {need: _BETWEEN.join(found) for need, found in names.items()}


def list_endorsable_needs(actor: Actor) -> QuerySet[Need]:
    """Return the submitted needs of current tenants that let the acting incubator see them."""
    stays = (
        Tenancy.objects.visible_to(actor)
        .current(actor.today)
        .sharing_progress()
        .filter(firm=OuterRef("firm_id"))
    )
    return Need.objects.filter(Exists(stays), submitted_at__isnull=False).with_firm()
