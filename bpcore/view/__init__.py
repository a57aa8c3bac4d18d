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
    "explore_attack": "attack_sliders",
    "explore_batch": "batch_sliders",
    "explore_break_even": "break_even_plane",
    "explore_collecting": "collecting_slider",
    "explore_costs": "cost_sliders",
    "explore_depth": "depth_sliders",
    "explore_descent": "curve_sliders",
    "explore_drawing": "drawing_board",
    "explore_epochs": "training_sliders",
    "explore_epsilon": "epsilon_slider",
    "explore_equation": "equation_picture",
    "explore_fitting": "fitting_sliders",
    "explore_graph": "graph_sweeps",
    "explore_kink": "kink_slider",
    "explore_learning_rate": "rate_slider",
    "explore_mistakes": "mistakes_picture",
    "explore_names": "names_picture",
    "explore_nudge": "nudge_slider",
    "explore_path": "path_slider",
    "explore_penalty": "penalty_sliders",
    "explore_pipeline": "pipeline_chart",
    "explore_plane": "plane_sliders",
    "explore_price": "price_sliders",
    "explore_race": "race_sliders",
    "explore_ravine": "ravine_sliders",
    "explore_ring": "ring_steps",
    "explore_roots": "root_sliders",
    "explore_slice": "slice_sliders",
    "explore_slope": "curve_sliders",
    "explore_speed_up": "speed_up_curve",
    "explore_sum": "sum_slider",
    "explore_softmax": "cost_sliders",
    "explore_two_layers": "graph_sweeps",
    "explore_two_weights": "two_weights_sliders",
    "folded": "figures",
    "show_answers": "answers_picture",
    "show_curves": "curves_figure",
    "show_estimates": "price_figures",
    "show_figure": "figures",
    "show_floors": "floors_figure",
    "show_ladder": "price_figures",
    "show_per_sample": "price_figures",
    "show_pixels": "pixels",
    "show_reach": "reach_picture",
    "show_roofline": "price_figures",
    "show_rungs": "rungs_picture",
    "show_runs": "descent_figures",
    "show_spectra": "descent_figures",
    "show_strips": "training_figures",
    "network_sliders": "network_explorer",
}
__all__ = list(_MODULE_OF)


def __getattr__(name: str) -> Any:
    if name not in _MODULE_OF:
        raise AttributeError(f"bpcore.view has no {name!r}; it has {', '.join(_MODULE_OF)}")
    return getattr(import_module(f"bpcore.view.{_MODULE_OF[name]}"), name)


def __dir__() -> list[str]:
    return __all__
