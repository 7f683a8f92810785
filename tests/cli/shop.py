"""See tests.support.command_line."""

from tests.support.command_line import ROOT, Said, at_once, call, command, run

__all__ = ["ROOT", "Said", "at_once", "call", "command", "run"]
