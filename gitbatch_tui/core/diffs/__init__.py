"""Pages of a diff: one module reads or draws one kind of content."""
