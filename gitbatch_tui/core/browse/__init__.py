"""The files of a run, to look at: one folder, and one part of a file, at a time."""
