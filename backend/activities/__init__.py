"""Joint events, roadshows and contests, the project library, investors' intents."""
