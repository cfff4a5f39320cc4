"""Changes to the catalogue, one function per use case."""

from backend.catalogue.services.preferential import (
    create_policy,
    publish_policy,
    update_policy,
    withdraw_policy,
)
from backend.catalogue.services.previews import ProductPreview, preview_change
from backend.catalogue.services.products import (
    close_product,
    create_product,
    publish_product,
    update_product,
)

__all__ = [
    "ProductPreview",
    "close_product",
    "create_policy",
    "create_product",
    "preview_change",
    "publish_policy",
    "publish_product",
    "update_policy",
    "update_product",
    "withdraw_policy",
]
