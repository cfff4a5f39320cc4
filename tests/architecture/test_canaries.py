"""The search for values, without which the matrices would say nothing."""

from decimal import Decimal

from tests.architecture.canaries import Canaries, Canary, text_of

ONE = Canary("case", "group", "field")


def test_a_number_is_found_in_yuan_in_wan_and_as_a_share():
    canaries = Canaries()
    amount, rate = canaries.amount(ONE, 2_000_000), canaries.fraction(ONE)

    for text in (f'{{"a": {amount}}}', f"金额{amount / 10_000}万元", f'"{rate}"', f"{rate * 100}%"):
        assert canaries.found_in(text) == {ONE}, text
    for text in (f"{amount}1", f"x{amount}", f"2026-11-28T10:00:{amount / 100_000}Z"):
        assert not canaries.found_in(text), text


def test_texts_dates_numbers_of_telephones_and_codes_are_found_amid_others():
    canaries = Canaries()
    made = [canaries.text(ONE), canaries.phone(ONE), str(canaries.day(ONE))]
    made.append(canaries.known(ONE, "91220101MA0777777X"))

    for value in made:
        assert canaries.found_in(f"前{value}，后") == {ONE}, value
    assert canaries.found_in(str(Decimal("0.5"))) == set()


def test_answers_that_are_text_are_read_as_they_are():
    assert text_of("中文".encode()) == "中文"
