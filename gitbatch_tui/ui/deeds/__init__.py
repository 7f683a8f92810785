"""What the app does when it is asked: one noun a module, each a base of the app's class.

A deed is a method `on_<request>` of a class that builds on `Showing`. It may ask first with a
dialog; then one worker makes one core call and posts a fact, and another handler shows it.
"""
