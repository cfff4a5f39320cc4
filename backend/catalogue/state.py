"""The catalogue's version: how every process learns that its copy is out of date."""

from django.db import connection, transaction

from backend.catalogue.models import CatalogueState

# Makes the row where there is none; holds it until the transaction ends, so that changes of
# the catalogue become visible in the order of their versions.
_ADVANCE = """
INSERT INTO catalogue_cataloguestate (id, version) VALUES (1, 1)
ON CONFLICT (id) DO UPDATE SET version = catalogue_cataloguestate.version + 1
RETURNING version
"""


@transaction.atomic
def advance_catalogue() -> int:
    """Count the catalogue's version up in the transaction of the change; return the new one.

    Call it as late as possible: other changes of the catalogue wait until this one commits.
    """
    with connection.cursor() as cursor:
        cursor.execute(_ADVANCE)
        return cursor.fetchone()[0]


def get_catalogue_version() -> int:
    """Return the version of the catalogue as committed; 0 before its first change."""
    return CatalogueState.objects.values_list("version", flat=True).first() or 0
