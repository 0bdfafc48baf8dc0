"""Finding the right entry: reading the knowledge, matching a question, deciding."""
