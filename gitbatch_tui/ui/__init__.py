"""The screen: panes draw and ask, the app acts, and what is known comes from the core."""
