"""What the scheduler wakes up, and how often; every job is harmless when it runs twice."""

from datetime import timedelta

BEAT_SCHEDULE = {
    "relay-due-events": {
        "task": "backend.journal.tasks.sweep_events",
        "schedule": timedelta(seconds=15),
    },
    "deliver-due-webhooks": {
        "task": "backend.webhooks.tasks.deliver_due",
        "schedule": timedelta(seconds=5),
    },
    "resume-match-runs": {
        "task": "backend.matches.tasks.sweep_runs",
        "schedule": timedelta(seconds=30),
    },
    "expire-needs": {
        "task": "backend.needs.tasks.expire_needs",
        "schedule": timedelta(hours=1),
    },
    "escalate-clocks": {
        "task": "backend.referrals.tasks.sweep_clocks",
        "schedule": timedelta(minutes=30),
    },
    "remind-of-outcomes": {
        "task": "backend.referrals.tasks.remind_of_outcomes",
        "schedule": timedelta(hours=6),
    },
    "send-mail": {
        "task": "backend.notifications.tasks.send_mail",
        "schedule": timedelta(seconds=60),
    },
    "note-deadlines": {
        "task": "backend.notifications.tasks.note_deadlines",
        "schedule": timedelta(hours=1),
    },
    "purge-notifications": {
        "task": "backend.notifications.tasks.purge_notifications",
        "schedule": timedelta(hours=24),
    },
    "draft-supplements": {
        "task": "backend.referrals.tasks.sweep_reassessments",
        "schedule": timedelta(minutes=1),
    },
    "train-models": {
        "task": "backend.learning.tasks.sweep_training",
        "schedule": timedelta(minutes=1),
    },
    "forget-what-is-old": {
        "task": "backend.api.tasks.purge",
        "schedule": timedelta(hours=1),
    },
}
