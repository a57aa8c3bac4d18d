"""What `make notebooks` leaves out of the stored output: all that changes with every run."""

from nbconvert.preprocessors import CoalesceStreamsPreprocessor
from nbformat import NotebookNode

WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"


class StoredOutput(CoalesceStreamsPreprocessor):
    """Join what a cell prints, and keep of a widget its picture and its words.

    The kernel cuts printed text wherever it happens to send it, and the view of a widget is a
    random number.
    """

    enabled = True

    def preprocess_cell(
        self, cell: NotebookNode, resources: dict, cell_index: int
    ) -> tuple[NotebookNode, dict]:
        for output in cell.get("outputs", []):
            output.get("data", {}).pop(WIDGET_VIEW, None)
        return super().preprocess_cell(cell, resources, cell_index)
