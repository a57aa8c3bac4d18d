"""The upper floor: drawings and sliders for the notebooks, on matplotlib and ipywidgets.

A drawing is imported when its name is first used, so that a report can be drawn, or a page opened,
where those two are not installed.
"""

from importlib import import_module
from typing import Any

_MODULE_OF = {
    "Landscape": "race_sliders",
    "duration": "price_sliders",
    "explore_depth": "depth_sliders",
    "explore_descent": "curve_sliders",
    "explore_epochs": "training_sliders",
    "explore_epsilon": "epsilon_slider",
    "explore_learning_rate": "training_sliders",
    "explore_path": "path_slider",
    "explore_price": "price_sliders",
    "explore_race": "race_sliders",
    "explore_slope": "curve_sliders",
    "show_figure": "figures",
    "slider_network": "network_sliders",
}
__all__ = list(_MODULE_OF)


def __getattr__(name: str) -> Any:
    if name not in _MODULE_OF:
        raise AttributeError(f"bpcore.view has no {name!r}; it has {', '.join(_MODULE_OF)}")
    return getattr(import_module(f"bpcore.view.{_MODULE_OF[name]}"), name)


def __dir__() -> list[str]:
    return __all__
