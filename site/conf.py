"""Sphinx's settings for the book; `make site` runs it, in a folder that build.py has laid."""

from html import escape
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

project = "See why backpropagation works"
author = "the bpcore contributors"
html_title = project
language = "en"

extensions = ["myst_nb", "sphinx.ext.mathjax"]
nb_execution_mode = "off"
nb_ipywidgets_js = {}
nb_merge_streams = True
myst_enable_extensions = ["dollarmath", "amsmath", "html_image"]
myst_heading_anchors = 3
suppress_warnings = ["myst.header", "toc.not_included"]
nb_code_prompt_show = nb_code_prompt_hide = "Code of this cell"
mathjax_path = "mathjax/es5/startup.js"
mathjax3_config = {
    "loader": {"load": ["core", "input/tex", "output/chtml", "a11y/assistive-mml"]},
}

exclude_patterns = ["README.md", "_extra", "_parts"]

html_theme = "furo"
html_css_files = ["explorable.css", "book.css"]
html_js_files = [("live.js", {"defer": "defer"})]
html_use_index = html_copy_source = html_show_sourcelink = False
html_show_sphinx = html_show_copyright = False
pygments_style, pygments_dark_style = "a11y-high-contrast-light", "a11y-high-contrast-dark"


def keep_tags(app: Sphinx, doctree: nodes.document) -> None:
    """Hand each displayed equation to MathJax as it is; Sphinx splits it, and loses its tag."""
    for node in doctree.findall(nodes.math_block):
        node["no-wrap"] = True
        node.children = [nodes.Text(rf"\[{node.astext()}\]")]


def describe(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Say in the head what the page is, for whoever links to it."""
    share = f"{app.config.html_baseurl}_static/share/"
    described = app.config.descriptions.get(page, app.config.descriptions["index"])
    context["metatags"] = context.get("metatags", "") + '<link rel="icon" href="data:,">'
    context["metatags"] += "".join(
        f'<meta {kind}="{key}" content="{escape(value)}">'
        for kind, key, value in [
            ("name", "description", described["description"]),
            ("property", "og:type", "article"),
            ("property", "og:title", described.get("title") or project),
            ("property", "og:description", described["description"]),
            (
                "property",
                "og:image",
                share + described["picture"],
            ),
        ]
    )


def setup(app: Sphinx) -> None:
    app.add_config_value("descriptions", {}, "env")
    app.connect("doctree-read", keep_tags)
    app.connect("html-page-context", describe)
