"""What the app does when it is asked: one noun a module, each a part of the app's class."""
