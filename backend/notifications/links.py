"""Where a message leads: addresses of this platform, in one place."""

from django.conf import settings

from backend.notifications.enums import SubjectKind
from backend.notifications.registry import Reading

# The pages that mails lead to; a test of the portal holds them to its addresses.
INBOX = "/notices/"
PREFERENCES = "/notices/preferences/"
_RESOURCES = {
    SubjectKind.NEED: "needs",
    SubjectKind.REFERRAL: "referrals",
    SubjectKind.DRAWDOWN: "referrals",
    SubjectKind.LIST: "referral-lists",
    SubjectKind.SHEET: "sheets",
    SubjectKind.MATTER: "matters",
    SubjectKind.CONSENT: "consents",
    SubjectKind.AGREEMENT: "agreements",
    SubjectKind.PRODUCT: "products",
    SubjectKind.POLICY: "policies",
    SubjectKind.ENDPOINT: "webhook-endpoints",
    SubjectKind.INTENT: "intents",
    SubjectKind.DATA_REQUEST: "data-requests",
}


def link_to(kind: str, reading: Reading) -> str:
    """Return the path of what a message is about; a drawdown is shown with its referral."""
    public_id = reading.notification.subject_id
    if kind == SubjectKind.DRAWDOWN:
        public_id = reading.subject.referral.public_id
    return f"/api/v1/{_RESOURCES[SubjectKind(kind)]}/{public_id}/"


def absolute(path: str) -> str:
    """Return a path as it stands in a mail."""
    return settings.PUBLIC_URL.rstrip("/") + path
