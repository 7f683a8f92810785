"""Lets `python -m gitbatch_tui` be the program."""

from gitbatch_tui.cli import main

main()
