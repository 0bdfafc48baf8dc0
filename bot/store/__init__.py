"""SQLite and the files beside it. Nothing else knows how they are kept."""
