"""The colours of all pictures: JupyterLab's, or their own where there is no JupyterLab."""

__all__ = ["THEME"]

# Okabe and Ito's blue and vermillion, darkened for text on white; their light pair on black.
THEME = """
.bp { --bp-ink: var(--jp-ui-font-color0, #1a1a1a); --bp-muted: #595959;
  --bp-paper: var(--jp-layout-color0, #ffffff); --bp-plus: #0069a6; --bp-minus: #b54a00;
  --bp-mark: #f6e7b0; --bp-rule: #8a8a8a; color: var(--bp-ink); }
[data-jp-theme-light="false"] .bp { --bp-muted: #b8b8b8; --bp-plus: #6cbdec; --bp-minus: #f0a94a;
  --bp-mark: #4d4420; --bp-rule: #8a8a8a; }
"""
