"""Size and batch, with presets, a swap of sides and a lock of their ratio."""

from functools import partial

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QMenu, QToolButton

from studio.core.request import SIZE, GenerateRequest
from studio.ui.panels.section_panel import SectionPanel, joined
from studio.ui.session import Session
from studio.ui.translate import tr
from studio.ui.widgets.parts import tool

SD1_SIZES = ((512, 512), (512, 640), (512, 768), (640, 512), (768, 512), (768, 768), (960, 544))
SDXL_SIZES = (
    (1024, 1024),
    (1152, 896),
    (1216, 832),
    (1344, 768),
    (1536, 640),
    (896, 1152),
    (832, 1216),
    (768, 1344),
    (640, 1536),
)
RATIOS = ((1, 1), (5, 4), (4, 3), (3, 2), (16, 9), (21, 9), (4, 5), (3, 4), (2, 3), (9, 16))
GRID, LARGEST = 8, 16384


class SizePanel(SectionPanel):
    """Width, height and how many."""

    def __init__(self, session: Session) -> None:
        super().__init__(session, GenerateRequest, SIZE, _summary)
        self._ratio = 0.0
        self._is_following = False
        self._make_tools()
        self.put_above(self.presets, self.swap_button, self.lock)
        self.form.field_changed.connect(self._follow)

    def set_size(self, width: int, height: int) -> None:
        """Show this size, whatever the lock says."""
        self._is_following = True
        self.form.editors["width"].set_value(width)
        self.form.editors["height"].set_value(height)
        self._is_following = False
        if self.lock.isChecked():
            self._ratio = width / height

    def size_in_pixels(self) -> tuple[int, int]:
        """Width and height as they stand."""
        return self.form.editors["width"].value(), self.form.editors["height"].value()

    @Slot()
    def swap(self) -> None:
        """Turn a tall picture into a wide one."""
        width, height = self.size_in_pixels()
        self.set_size(height, width)

    def set_ratio(self, across: int, down: int) -> None:
        """Another aspect ratio with about as many pixels, sides multiples of 64 where that is near enough."""
        self.set_size(*sides(*self.size_in_pixels(), across / down))

    def _make_tools(self) -> None:
        self.presets = tool("frame-corners", tr("Presets"), tip=tr("Common sizes and aspect ratios."))
        self.presets.setText(tr("Presets"))
        self.presets.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.presets.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.presets.setMenu(self._menu())
        self.swap_button = tool("swap", tr("Swap"), self.swap, tip=tr("Swaps width and height."))
        self.lock = tool("link", tr("Lock the ratio"), tip=tr("Keeps the ratio while one side is changed."))
        self.lock.setCheckable(True)
        self.lock.toggled.connect(self._remember)

    def _menu(self) -> QMenu:
        menu = QMenu(self)
        for title, sizes in ((tr("SD 1.5 sizes"), SD1_SIZES), (tr("SDXL sizes"), SDXL_SIZES)):
            inner = menu.addMenu(title)
            for size in sizes:
                inner.addAction(f"{size[0]} × {size[1]}", partial(self.set_size, *size))
        inner = menu.addMenu(tr("Aspect ratio"))
        for ratio in RATIOS:
            inner.addAction(f"{ratio[0]} : {ratio[1]}", partial(self.set_ratio, *ratio))
        return menu

    @Slot(bool)
    def _remember(self, is_locked: bool) -> None:
        width, height = self.size_in_pixels()
        self._ratio = width / height if is_locked else 0.0

    @Slot(str)
    def _follow(self, name: str) -> None:
        if self._is_following or not self._ratio or name not in ("width", "height"):
            return
        width, height = self.size_in_pixels()
        self._is_following = True
        if name == "width":
            self.form.editors["height"].set_value(on_grid(width / self._ratio))
        else:
            self.form.editors["width"].set_value(on_grid(height * self._ratio))
        self._is_following = False


def on_grid(side: float, grid: int = GRID) -> int:
    """The nearest allowed length of a side."""
    return min(max(round(side / grid) * grid, grid), LARGEST)


def sides(width: int, height: int, ratio: float) -> tuple[int, int]:
    """Sides in `ratio` with about the pixels of width × height; multiples of 64, of 8 below 512 pixels."""
    area = width * height
    grid = 64 if area >= 512 * 512 else GRID
    across = (area * ratio) ** 0.5
    return on_grid(across, grid), on_grid(across / ratio, grid)


def _summary(values: dict[str, int]) -> str:
    count = values["batch_count"] * values["batch_size"]
    many = tr("{count} pictures", count=count) if count > 1 else ""
    return joined(f"{values['width']} × {values['height']}", many)
