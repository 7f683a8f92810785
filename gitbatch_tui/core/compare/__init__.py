"""Compares what runs left: by what the files mean where we can read them, else by bytes.

A reader of one kind of file yields a sentence for every value that differs, and raises ValueError
for a file that isn't of its kind.
"""
