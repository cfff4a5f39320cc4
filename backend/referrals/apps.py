"""Application configuration."""

from django.apps import AppConfig


class ReferralsConfig(AppConfig):
    """See the package's docstring."""

    name = "backend.referrals"
    label = "referrals"
    verbose_name = "推送对接"

    def ready(self) -> None:
        """End referrals with needs and consents, keep due days, draft lists after the catalogue."""
        from backend.journal.enums import EventType  # noqa: PLC0415 - models are not loaded before
        from backend.journal.services import subscribe  # noqa: PLC0415 - the same
        from backend.referrals import subscribers  # noqa: PLC0415 - the same

        subscribe(EventType.NEED_WITHDRAWN, subscribers.end_with_need)
        subscribe(EventType.NEED_EXPIRED, subscribers.end_with_need)
        subscribe(EventType.CONSENT_WITHDRAWN, subscribers.end_with_consent)
        for event_type in (EventType.CONSENT_GRANTED, EventType.CONSENT_WITHDRAWN):
            subscribe(
                event_type,
                subscribers.read_clocks_after_consent,
                together=subscribers.read_clocks_after_consents,
            )
        subscribe(EventType.AGREEMENT_CHANGED, subscribers.read_clocks_after_agreement)
        for event_type in subscribers.REASSESSED_AFTER:
            subscribe(event_type, subscribers.compare_needs_anew)
