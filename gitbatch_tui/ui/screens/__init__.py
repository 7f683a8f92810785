"""Screens: each fills the terminal."""
