"""Sessions that ended, and sign-ins that were noted long ago."""

from datetime import datetime, timedelta

from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.conf import settings
from django.contrib.sessions.models import Session

from backend.accounts.models import ApiKey
from backend.common.retention import delete_in_batches


def purge_sessions(*, now: datetime) -> int:
    """Forget sessions that have expired."""
    return delete_in_batches(Session.objects.filter(expire_date__lt=now))


def purge_sign_ins(*, now: datetime) -> int:
    """Forget sign-ins, refused ones included, after the time that logs are kept."""
    since = now - timedelta(days=settings.KEEP_LOG_DAYS)
    kinds = (AccessAttempt, AccessFailureLog, AccessLog)
    return sum(delete_in_batches(kind.objects.filter(attempt_time__lt=since)) for kind in kinds)


def purge_keys(*, now: datetime) -> int:
    """Forget keys that ended so long ago that no log names them any more."""
    since = now - timedelta(days=settings.KEEP_LOG_DAYS)
    return delete_in_batches(ApiKey.objects.filter(expiry__lt=since))
