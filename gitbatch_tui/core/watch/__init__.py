"""Notices what changes, in the clone and on batch remotes, and keeps a picture of it."""
