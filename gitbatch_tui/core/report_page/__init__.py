"""Runs as one page for a browser, which needs no network and runs no script."""
