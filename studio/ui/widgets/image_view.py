"""The picture: fitted or in any size, under the hand of mouse and keyboard, beside another one if wished."""

from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

LEAST_ZOOM, MOST_ZOOM, MOST_FIT = 0.02, 32.0, 4.0
STEP = 1.25
MARGIN = 12  # points left free around a fitted picture
REFINE_MS = 90


class ImageView(QWidget):
    """Shows one picture, or two with a divider to compare them by.

    `zoom` is screen pixels per picture pixel, so 1.0 is exact on every screen. The view stays where it is when the
    next picture has the same size.
    """

    zoom_changed = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMouseTracking(True)
        self.setMinimumSize(120, 120)
        self._picture = QPixmap()
        self._before = QPixmap()
        self._size = QSize()
        self._zoom: float | None = None
        self._centre = QPointF(0.5, 0.5)
        self._divider = 0.5
        self._grip: QPointF | None = None
        self._moves_divider = False
        self._scaled: dict[int, QPixmap] = {}
        self._refine = QTimer(self)
        self._refine.setSingleShot(True)
        self._refine.setInterval(REFINE_MS)
        self._refine.timeout.connect(self._scale_smoothly)

    @property
    def picture(self) -> QPixmap:
        """What is shown; null if nothing is."""
        return self._picture

    @property
    def picture_size(self) -> QSize:
        """How many pixels it stands for."""
        return self._size

    @property
    def is_comparing(self) -> bool:
        """Whether two pictures lie over each other."""
        return not self._before.isNull()

    @property
    def is_fitted(self) -> bool:
        """Whether the picture follows the size of the view."""
        return self._zoom is None

    @property
    def zoom(self) -> float:
        """Screen pixels per picture pixel."""
        return self._fitting_zoom() if self._zoom is None else self._zoom

    def show_picture(self, picture: QImage | QPixmap, size: QSize | None = None) -> None:
        """Show `picture` as one of `size` pixels (a preview may be smaller than what it stands for)."""
        pixmap = picture if isinstance(picture, QPixmap) else QPixmap.fromImage(picture)
        size = size or pixmap.size()
        if size != self._size and self._zoom is not None:
            self._centre = QPointF(0.5, 0.5)
        self._picture, self._size = pixmap, size
        self._scaled.clear()
        self._changed()

    def clear(self) -> None:
        """Show nothing."""
        self._before = QPixmap()
        self.show_picture(QPixmap(), QSize())

    def compare(self, before: QImage | QPixmap | None) -> None:
        """Lay `before` under the left part of the picture; None ends comparing."""
        picture = QPixmap() if before is None else before
        self._before = picture if isinstance(picture, QPixmap) else QPixmap.fromImage(picture)
        self._divider = 0.5
        self._scaled.clear()
        self._changed()

    def fit(self) -> None:
        """Make the picture as large as the view."""
        self._zoom, self._centre = None, QPointF(0.5, 0.5)
        self._changed()

    def show_actual_size(self, at: QPointF | None = None) -> None:
        """Show one picture pixel as one screen pixel, keeping what lies under `at` in place."""
        self._zoom_to(1.0, at)

    def zoom_by(self, factor: float, at: QPointF | None = None) -> None:
        """Enlarge by `factor`, keeping what lies under `at` (widget coordinates; the middle if None) in place."""
        self._zoom_to(self.zoom * factor, at)

    def move_divider(self, part: float) -> None:
        """Put the divider of a comparison at this part (0 to 1) of the picture's width."""
        self._divider = min(max(part, 0.0), 1.0)
        self.update()

    def picture_rect(self) -> QRectF:
        """Where the whole picture lies, in widget coordinates."""
        scale = self.zoom / self.devicePixelRatioF()
        width, height = self._size.width() * scale, self._size.height() * scale
        left = self.width() / 2 - self._centre.x() * width
        top = self.height() / 2 - self._centre.y() * height
        return QRectF(left, top, width, height)

    def sizeHint(self) -> QSize:
        """A comfortable size to begin with."""
        return QSize(560, 560)

    def _fitting_zoom(self) -> float:
        if self._size.isEmpty():
            return 1.0
        ratio = self.devicePixelRatioF()
        width, height = (max(side - 2 * MARGIN, 1) * ratio for side in (self.width(), self.height()))
        fitting = min(width / self._size.width(), height / self._size.height())
        return min(max(fitting, LEAST_ZOOM), MOST_FIT)

    def _zoom_to(self, zoom: float, at: QPointF | None) -> None:
        if self._size.isEmpty():
            return
        at = at or QPointF(self.rect().center())
        before = self.picture_rect()
        part = QPointF((at.x() - before.x()) / before.width(), (at.y() - before.y()) / before.height())
        self._zoom = min(max(zoom, LEAST_ZOOM), MOST_ZOOM)
        after = self.picture_rect()
        offset = QPointF(at.x() - self.width() / 2, at.y() - self.height() / 2)
        self._centre = QPointF(part.x() - offset.x() / after.width(), part.y() - offset.y() / after.height())
        self._keep_in_view()
        self._changed()

    def _pan(self, offset: QPointF) -> None:
        if self._size.isEmpty() or self._zoom is None:
            return
        rect = self.picture_rect()
        self._centre -= QPointF(offset.x() / rect.width(), offset.y() / rect.height())
        self._keep_in_view()
        self._changed()

    def _keep_in_view(self) -> None:
        rect = self.picture_rect()
        self._centre = QPointF(
            _bounded(self._centre.x(), self.width() / rect.width()),
            _bounded(self._centre.y(), self.height() / rect.height()),
        )

    def _changed(self) -> None:
        self._refine.start()
        self.zoom_changed.emit(self.zoom)
        self.update()

    def _scale_smoothly(self) -> None:
        """Area averaging is too slow while zooming and too good to leave out when still."""
        size = (self.picture_rect().size() * self.devicePixelRatioF()).toSize()
        for pixmap in (self._picture, self._before):
            if not pixmap.isNull() and not size.isEmpty() and size.width() < pixmap.width():
                self._scaled[pixmap.cacheKey()] = pixmap.scaled(
                    size, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
                )
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the picture, and the other one left of the divider."""
        if self._picture.isNull():
            return
        painter = QPainter(self)
        painter.setClipRect(event.rect())
        rect = self.picture_rect()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, self.zoom < MOST_FIT + 0.01)
        self._draw(painter, self._picture, rect)
        if self.is_comparing:
            self._draw_before(painter, rect)
        if self.hasFocus():
            painter.setPen(QPen(self.palette().highlight().color(), 1))
            painter.drawRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5))

    def _draw(self, painter: QPainter, pixmap: QPixmap, rect: QRectF) -> None:
        size = (rect.size() * self.devicePixelRatioF()).toSize()
        scaled = self._scaled.get(pixmap.cacheKey())
        drawn = scaled if scaled is not None and scaled.size() == size else pixmap
        painter.drawPixmap(rect, drawn, QRectF(drawn.rect()))

    def _draw_before(self, painter: QPainter, rect: QRectF) -> None:
        x = self._divider_x()
        painter.save()
        painter.setClipRect(QRectF(rect.left(), rect.top(), x - rect.left(), rect.height()))
        self._draw(painter, self._before, rect)
        painter.restore()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle = rect.intersected(QRectF(self.rect())).center().y()
        for colour, width in ((QColor(0, 0, 0, 120), 4.0), (QColor(255, 255, 255), 1.6)):
            painter.setPen(QPen(colour, width))
            painter.drawLine(QPointF(x, rect.top()), QPointF(x, rect.bottom()))
        painter.setPen(QPen(QColor(0, 0, 0, 120), 1))
        painter.setBrush(QColor(255, 255, 255))
        painter.drawEllipse(QPointF(x, middle), 9, 9)
        painter.setPen(QPen(QColor(40, 40, 40), 1.6))
        for side in (-1, 1):
            painter.drawLine(QPointF(x + side * 2.5, middle - 3), QPointF(x + side * 5.5, middle))
            painter.drawLine(QPointF(x + side * 5.5, middle), QPointF(x + side * 2.5, middle + 3))

    def _divider_x(self) -> float:
        rect = self.picture_rect()
        return rect.left() + self._divider * rect.width()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep a fitted picture fitted."""
        super().resizeEvent(event)
        if not self._size.isEmpty():
            self._keep_in_view()
            self._changed()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom around the cursor."""
        turns = event.angleDelta().y() / 120
        if turns:
            self.zoom_by(STEP**turns, event.position())
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take the divider or the picture."""
        if event.button() in (Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton):
            self._grip = event.position()
            self._moves_divider = self._is_on_divider(event.position())
            self._show_cursor(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Move what was taken."""
        position = event.position()
        if self._grip is None:
            self._show_cursor(position)
        elif self._moves_divider:
            rect = self.picture_rect()
            self.move_divider((position.x() - rect.left()) / rect.width())
        else:
            self._pan(position - self._grip)
            self._grip = position

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        self._grip, self._moves_divider = None, False
        self._show_cursor(event.position())

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Change between fitted and exact size."""
        self.show_actual_size(event.position()) if self._zoom is None else self.fit()

    def _is_on_divider(self, position: QPointF) -> bool:
        return self.is_comparing and abs(position.x() - self._divider_x()) < 12

    def _show_cursor(self, position: QPointF) -> None:
        if self._moves_divider or (self._grip is None and self._is_on_divider(position)):
            self.setCursor(Qt.CursorShape.SplitHCursor)
        elif self._zoom is not None and not self._picture.isNull():
            self.setCursor(Qt.CursorShape.ClosedHandCursor if self._grip else Qt.CursorShape.OpenHandCursor)
        else:
            self.unsetCursor()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """`+` `-` zoom, 0 fits, 1 is exact, arrows move; with Ctrl, left and right move the divider."""
        key = event.key()
        if key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.zoom_by(STEP)
        elif key == Qt.Key.Key_Minus:
            self.zoom_by(1 / STEP)
        elif key == Qt.Key.Key_0:
            self.fit()
        elif key == Qt.Key.Key_1:
            self.show_actual_size()
        elif key in ARROWS:
            self._move_by_key(ARROWS[Qt.Key(key)], event.modifiers())
        else:
            super().keyPressEvent(event)

    def _move_by_key(self, direction: QPoint, modifiers: Qt.KeyboardModifier) -> None:
        if self.is_comparing and modifiers & Qt.KeyboardModifier.ControlModifier:
            self.move_divider(self._divider + direction.x() * 0.05)
        else:
            self._pan(QPointF(direction * -40))


ARROWS = {
    Qt.Key.Key_Left: QPoint(-1, 0),
    Qt.Key.Key_Right: QPoint(1, 0),
    Qt.Key.Key_Up: QPoint(0, -1),
    Qt.Key.Key_Down: QPoint(0, 1),
}


def _bounded(centre: float, visible: float) -> float:
    """Keep the picture's edge from leaving the view's edge; a picture smaller than the view stays in the middle."""
    if visible >= 1:
        return 0.5
    return min(max(centre, visible / 2), 1 - visible / 2)
