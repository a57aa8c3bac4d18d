"""Stands in for matplotlib, which is too large for the page: it can be imported, and no more."""
