"""The table of messages, by who is told."""

from backend.notifications.messages.to_departments import TO_DEPARTMENTS
from backend.notifications.messages.to_firms import TO_FIRMS
from backend.notifications.messages.to_institutions import TO_INSTITUTIONS

ALL_MESSAGES = (*TO_FIRMS, *TO_INSTITUTIONS, *TO_DEPARTMENTS)
