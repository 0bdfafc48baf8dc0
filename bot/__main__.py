"""`python -m bot` is the same as `recours`."""

from bot.cli import main

main()
