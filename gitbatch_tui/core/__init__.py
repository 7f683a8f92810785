"""The library behind the screen and the command line: it never draws, prints or asks."""
