"""Made-up consents: most open needs may be shown to the partners, some to none of them."""

from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path

from backend.accounts.models import User
from backend.consents.enums import GROUPS_OF, Direction, FieldGroup
from backend.consents.models import Consent
from backend.consents.services.granting import default_end
from backend.consents.texts import get_text_in_force, load_texts
from backend.journal.enums import EventType
from backend.journal.services import record_many
from backend.needs.enums import Attitude, NeedStatus
from backend.needs.models import Need
from backend.organizations.models import Organization

# Every so many-th open need has no consent, so that rows without the firm's name are seen.
_WITHOUT_EVERY = 5


def load_consents(
    needs: Iterable[Need], partners: list[Organization], *, texts: Path, now: datetime, today: date
) -> None:
    """Consent for open needs to every partner that the need does not exclude.

    Stored in bulk, like the figures of firms; whoever consented has no account to sign in with.
    """
    load_texts(folder=texts)
    firms = User.objects.create(
        username="demo-firms", display_name="演示企业（无账号）", is_active=False
    )
    in_force = {direction: get_text_in_force(direction, today) for direction in Direction}
    chosen = [need for need in needs if need.status == NeedStatus.OPEN]
    chosen = [need for number, need in enumerate(chosen, start=1) if number % _WITHOUT_EVERY]
    excluded = _excluded(chosen)
    consents = Consent.objects.bulk_create(
        Consent(
            need=need,
            institution=partner,
            direction=direction,
            groups=[group.value for group in GROUPS_OF[direction]],
            contact_person=(
                need.contact_name if FieldGroup.CONTACT in GROUPS_OF[direction] else ""
            ),
            text=text,
            granted_at=now,
            granted_by=firms,
            expires_on=default_end(today),
        )
        for need in chosen
        for partner in partners
        for direction, text in in_force.items()
        if (need.pk, partner.pk) not in excluded
    )
    record_many(
        EventType.CONSENT_GRANTED,
        (
            (
                consent,
                {
                    "need": str(consent.need.public_id),
                    "need_code": consent.need.code,
                    "institution": str(consent.institution.public_id),
                    "institution_code": consent.institution.code,
                    "direction": str(consent.direction),
                    "groups": consent.groups,
                    "text": consent.text.version,
                },
            )
            for consent in consents
        ),
        actor=None,
    )


def _excluded(needs: list[Need]) -> set[tuple[int, int]]:
    return {
        (named.need_id, named.institution_id)
        for need in needs
        for named in need.named_institutions.all()
        if named.attitude == Attitude.EXCLUDED
    }
