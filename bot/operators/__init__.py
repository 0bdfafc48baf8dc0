"""What operators see: missed questions, hand-off, statistics."""
