"""The upper floor: drawings and explorables for the notebooks.

A drawing is imported when its name is first used, and anywidget and matplotlib when it is shown, so
that all of it also runs where those are not installed.
"""

from importlib import import_module
from typing import Any

_MODULE_OF = {
    "Landscape": "race_sliders",
    "duration": "price_sliders",
    "explore_activation": "activation_slider",
    "explore_collecting": "collecting_slider",
    "explore_depth": "depth_sliders",
    "explore_descent": "curve_sliders",
    "explore_epochs": "training_sliders",
    "explore_epsilon": "epsilon_slider",
    "explore_equation": "equation_picture",
    "explore_learning_rate": "rate_slider",
    "explore_names": "names_picture",
    "explore_nudge": "nudge_slider",
    "explore_path": "path_slider",
    "explore_plane": "plane_sliders",
    "explore_price": "price_sliders",
    "explore_race": "race_sliders",
    "explore_slope": "curve_sliders",
    "explore_two_weights": "two_weights_sliders",
    "folded": "figures",
    "show_figure": "figures",
    "network_sliders": "network_explorer",
}
__all__ = list(_MODULE_OF)


def __getattr__(name: str) -> Any:
    if name not in _MODULE_OF:
        raise AttributeError(f"bpcore.view has no {name!r}; it has {', '.join(_MODULE_OF)}")
    return getattr(import_module(f"bpcore.view.{_MODULE_OF[name]}"), name)


def __dir__() -> list[str]:
    return __all__
