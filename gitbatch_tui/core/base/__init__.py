"""What everything else stands on: text, units, files, the journal; it knows no host and no git."""
