"""What is known of a case, and what follows from it."""
