"""What changes contacts, agreements and service regions."""

from backend.partners.services.agreements import (
    change_agreement,
    end_agreement,
    register_agreement,
)
from backend.partners.services.contacts import (
    agree_to_be_named,
    create_contact,
    update_contact,
    withdraw_agreement,
)
from backend.partners.services.regions import set_service_regions

__all__ = [
    "agree_to_be_named",
    "change_agreement",
    "create_contact",
    "end_agreement",
    "register_agreement",
    "set_service_regions",
    "update_contact",
    "withdraw_agreement",
]
