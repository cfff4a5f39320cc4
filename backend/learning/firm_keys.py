"""Keys that tell firms apart and name none.

A firm is the same one in imported outcomes and in the platform's own where both know its code;
any other key means something within its source alone. What is stored cannot be turned back
without the platform's secret.
"""

from django.utils.crypto import salted_hmac

from matching.uscc import has_uscc_shape

_SALT = "backend.learning.firm_keys"
_LENGTH = 40


def key_of_firm(uscc: str) -> str:
    """Return the key of a firm that is known by its code."""
    return _hidden(f"uscc:{uscc}")


def key_of_text(text: str, source: str) -> str:
    """Return the key of what a source calls a firm: a code, or anything of its own."""
    code = text.upper()
    return key_of_firm(code) if has_uscc_shape(code) else _hidden(f"{source}:{text}")


def _hidden(text: str) -> str:
    return salted_hmac(_SALT, text, algorithm="sha256").hexdigest()[:_LENGTH]
