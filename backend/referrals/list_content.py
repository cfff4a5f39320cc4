"""What the signatures of a list are given for."""

from backend.referrals.canonical import digest, write_canonical
from backend.referrals.enums import ListKind
from backend.referrals.models import ReferralList

FORMAT = "kerong-list/1"
_ROW = (
    "need__code",
    "need_revision",
    "institution__code",
    "product_version__product__code",
    "product_version__number",
    "is_eligible",
)


def signed_content(referral_list: ReferralList) -> bytes:
    """Return a list in canonical form: which need goes to whom, for which wording of a product.

    Of a roster: which firm is named to whom, for which qualifications.
    """
    if referral_list.kind == ListKind.ROSTER:
        return _signed_roster(referral_list)
    rows = referral_list.rows.standing().order_by("need__code", "institution__code")
    supplements = referral_list.supplements
    return write_canonical(
        {
            "format": FORMAT,
            "number": referral_list.number,
            "kind": referral_list.kind,
            "title": referral_list.title,
            "department": referral_list.department.code,
            "per_need": referral_list.per_need,
            "supplements": supplements and supplements.number,
            "rows": [
                dict(
                    zip(
                        ("need", "revision", "institution", "product", "version", "eligible"),
                        values,
                        strict=True,
                    )
                )
                for values in rows.values_list(*_ROW)
            ],
        }
    )


def _signed_roster(referral_list: ReferralList) -> bytes:
    rows = referral_list.roster_rows.standing().order_by(
        "firm__organization__code", "institution__code"
    )
    return write_canonical(
        {
            "format": FORMAT,
            "number": referral_list.number,
            "kind": referral_list.kind,
            "title": referral_list.title,
            "department": referral_list.department.code,
            "criteria": referral_list.roster_criteria,
            "rows": [
                {"firm": firm, "institution": institution, "qualifications": codes}
                for firm, institution, codes in rows.values_list(
                    "firm__organization__code", "institution__code", "qualifications"
                )
            ],
        }
    )


def content_digest(referral_list: ReferralList) -> str:
    """Return the SHA-256 that every signature of a round is given over."""
    return digest(signed_content(referral_list), "sha256")
