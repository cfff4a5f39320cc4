"""What a product would be after a change, before anybody writes it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from backend.catalogue import policies
from backend.catalogue.conditions import complete_undisclosed
from backend.catalogue.content import CONTENT_FIELDS, content_of
from backend.catalogue.lifecycle import check_product_editable
from backend.catalogue.models import Product, ProductVersion
from backend.catalogue.selectors import PublishedProduct, as_published
from backend.catalogue.services.products import draft_of, find_variant, merge_content
from backend.organizations.actors import Actor


@dataclass(frozen=True, slots=True)
class ProductPreview:
    """A product as it is in force, None before its first publication, and as it would be."""

    before: PublishedProduct | None
    after: PublishedProduct


def preview_change(*, actor: Actor, product: Product, values: Mapping[str, Any]) -> ProductPreview:
    """Return what publishing a change would put in force, and change nothing.

    The change begins where ``update_product`` begins: from the draft for whoever speaks for
    the institution, else from what is in force. As in a publication, what is neither stated
    nor declared open counts as undisclosed. Raises `InvalidInput` and, for a closed product,
    `StateConflict`.
    """
    check_product_editable(product.status)
    draft = draft_of(product) if policies.speaks_for(actor, product.institution) else None
    content = merge_content(content_of(draft or product.current_version), values)
    version = ProductVersion(
        product=product,
        number=0,
        variant_of=find_variant(product, content["variant_of"]),
        **{field: content[field] for field in CONTENT_FIELDS if field != "variant_of"},
    )
    version.undisclosed = complete_undisclosed(content)
    in_force = product.current_version
    return ProductPreview(
        before=None if in_force is None else as_published(in_force), after=as_published(version)
    )
