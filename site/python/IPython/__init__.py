"""Stands in for IPython in the page: only `display` is there."""

from IPython import display

__all__ = ["display"]
