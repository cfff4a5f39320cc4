"""The demonstration data with scarce places."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

DEMO = Path(__file__).parents[3] / "fixtures" / "demo" / "exchange.json"


@pytest.fixture
def raw() -> dict[str, Any]:
    """Return the demonstration data with scarce places, free to be changed."""
    data = copy.deepcopy(json.loads(DEMO.read_text(encoding="utf-8")))
    data["needs"] = data["needs"][:60]
    for institution in data["institutions"]:
        institution["capacity"] = 3
    return data
