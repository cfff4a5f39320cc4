"""Activities and who takes part; projects and investors' intents."""

from backend.activities.models.activities import Activity, Participation
from backend.activities.models.projects import Intent, IntentStep, Project

__all__ = ["Activity", "Intent", "IntentStep", "Participation", "Project"]
