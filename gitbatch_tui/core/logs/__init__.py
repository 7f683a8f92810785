"""Files that grow: followed, and looked onto without loading them."""
