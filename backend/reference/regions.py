"""How region codes contain one another."""


def region_prefix(code: str) -> str:
    """Return the digits that every code inside a division begins with.

    ``220000`` -> ``22``, ``220100`` -> ``2201``, ``220102`` -> ``220102``.
    """
    if code.endswith("0000"):
        return code[:2]
    if code.endswith("00"):
        return code[:4]
    return code
