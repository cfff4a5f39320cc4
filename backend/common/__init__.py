"""What every app builds on; knows no app."""
