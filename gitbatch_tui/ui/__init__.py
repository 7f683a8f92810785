"""The screen: panes draw and ask, the app acts, and everything that is known comes from the core."""
