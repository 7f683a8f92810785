"""Questions and answers that float above a screen; each gives back what was chosen."""
