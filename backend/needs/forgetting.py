"""What a firm wrote into a need that was never referred, removed at its request."""

from typing import Final

from backend.journal.enums import EventType
from backend.journal.services import record
from backend.needs.enums import NeedStatus
from backend.needs.models import Need
from backend.organizations.actors import Actor

# A need that ran its course names somebody: the table asks for it.
FORGOTTEN: Final = "已删除"
_TEXTS = ("dossier", "description", "returned_reason", "withdrawal_reason")
_CONTACT = ("contact_name", "contact_phone")
# What a draft holds besides.
_WISH = (
    "financing_types",
    "amount_min_yuan",
    "amount_max_yuan",
    "term_min_months",
    "term_max_months",
    "max_annual_rate",
    "collateral",
    "purposes",
    "needed_by",
)


def forget_need(*, actor: Actor, need: Need) -> int | None:
    """Empty the texts and the contact of an ended need, delete its papers; of a draft everything.

    The number stays, because the journal names it. Returns how many papers were deleted, None
    where there was nothing to remove. That the need ended and was never referred is the caller's
    knowledge; call it with the need locked.
    """
    need = Need.objects.get(pk=need.pk)
    emptied = dict.fromkeys(_TEXTS, "")
    is_withdrawn = need.status == NeedStatus.WITHDRAWN
    emptied |= dict.fromkeys(_CONTACT, "" if is_withdrawn else FORGOTTEN)
    if need.submitted_at is None:
        emptied |= dict.fromkeys(_WISH)
        named, _ = need.named_institutions.all().delete()
    else:
        named = 0
    papers, _ = need.papers.all().delete()
    changed = [name for name, value in emptied.items() if getattr(need, name) != value]
    if not (changed or papers or named):
        return None
    for name in changed:
        setattr(need, name, emptied[name])
    need.save_revision(update_fields=changed)
    record(
        EventType.NEED_FORGOTTEN,
        subject=need,
        actor=actor,
        payload={"code": need.code, "fields": sorted(changed), "papers": papers},
    )
    return papers
