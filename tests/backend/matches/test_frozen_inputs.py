"""What a run computed on comes back exactly as it was."""

from datetime import date

import pytest

from backend.firms.enums import FactSource
from backend.firms.models import Firm
from backend.matches import frozen_inputs
from backend.matches.chunks import freeze
from tests.factories.firms import FactFactory, FirmFactory, FirmQualificationFactory, TenancyFactory
from tests.factories.needs import NamedInstitutionFactory, NeedFactory

pytestmark = pytest.mark.django_db


def test_inputs_survive_packing_to_the_last_field():
    """Unknown, none, dates, lists, fractions and long texts."""
    firm = FirmFactory(profiled=True, tech_fields=[])
    FactFactory(firm=firm, field="debt_ratio", value="0.123457", source=FactSource.DOCUMENT)
    FactFactory(firm=firm, field="net_profit_yuan", value=-5)
    FirmQualificationFactory(firm=firm, valid_until=None)
    TenancyFactory(firm=firm)
    known = NeedFactory(open=True, firm=firm, max_annual_rate="0.0385", description="研发😀" * 500)
    NamedInstitutionFactory(need=known)
    bare = NeedFactory(open=True, amount_min_yuan=None, financing_types=[], term_max_months=None)
    inputs = freeze([known.pk, bare.pk], date(2026, 11, 24))
    assert len(inputs) == 2
    assert frozen_inputs.unpack(frozen_inputs.pack(inputs)) == inputs
    assert frozen_inputs.pack(inputs) == frozen_inputs.pack(
        frozen_inputs.unpack(frozen_inputs.pack(inputs))
    )


def test_packing_costs_little_room():
    """A need with its firm in a few hundred bytes."""
    NeedFactory.create_batch(50, open=True)
    assert Firm.objects.count() == 50
    from backend.needs.selectors import list_open_need_ids

    inputs = freeze(list_open_need_ids(), date(2026, 11, 24))
    assert len(frozen_inputs.pack(inputs)) < 50 * 400
