"""Icons: Phosphor through qtawesome, loaded when first needed, in the theme's text colour."""

from PySide6.QtGui import QIcon

from studio.ui import theme


def icon(name: str, colour: str = "") -> QIcon:
    """The Phosphor icon `name` ("house", "gear") in `colour` (a hex value), or in the text's."""
    import qtawesome  # costs 0.1 s: not before the first icon is drawn

    tokens = theme.current()
    return qtawesome.icon(f"ph.{name}", color=colour or tokens.text, color_disabled=tokens.disabled)
