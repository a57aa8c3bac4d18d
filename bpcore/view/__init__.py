"""The upper floor: drawings and sliders for the notebooks, on matplotlib and ipywidgets."""

from bpcore.view.curve_sliders import explore_descent, explore_slope
from bpcore.view.depth_sliders import explore_depth
from bpcore.view.epsilon_slider import explore_epsilon
from bpcore.view.figures import show_figure
from bpcore.view.network_sliders import slider_network
from bpcore.view.path_slider import explore_path
from bpcore.view.price_sliders import duration, explore_price
from bpcore.view.race_sliders import Landscape, explore_race
from bpcore.view.training_sliders import explore_epochs, explore_learning_rate

__all__ = [
    "Landscape",
    "duration",
    "explore_depth",
    "explore_descent",
    "explore_epochs",
    "explore_epsilon",
    "explore_learning_rate",
    "explore_path",
    "explore_price",
    "explore_race",
    "explore_slope",
    "show_figure",
    "slider_network",
]
