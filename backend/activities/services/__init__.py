"""What changes activities, who takes part, projects and intents."""
