"""The ground for everything else: text, units, files, the journal. It knows no host and no git."""
