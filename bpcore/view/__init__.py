"""The upper floor: drawings and sliders for the notebooks, on matplotlib and ipywidgets."""

from bpcore.view.curve_sliders import explore_descent, explore_slope
from bpcore.view.figures import show_figure
from bpcore.view.network_sliders import slider_network

__all__ = ["explore_descent", "explore_slope", "show_figure", "slider_network"]
