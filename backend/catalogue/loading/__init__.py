"""Bring compiled sources into the catalogue, as often as wanted."""

from backend.catalogue.loading.document import LoadFaults, load_catalogue
from backend.catalogue.loading.institutions import load_department, load_institution
from backend.catalogue.loading.offers import load_policy, load_product
from backend.catalogue.loading.outcome import Outcome

__all__ = [
    "LoadFaults",
    "Outcome",
    "load_catalogue",
    "load_department",
    "load_institution",
    "load_policy",
    "load_product",
]
