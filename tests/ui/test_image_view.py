"""The picture's view: fit, zoom around the cursor, pan, compare."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, QPointF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from studio.ui.widgets.image_view import MARGIN, ImageView


@pytest.fixture
def view(qapp: QApplication) -> Iterator[ImageView]:
    made = ImageView()
    made.resize(400, 300)
    made.show()
    yield made
    made.deleteLater()


def image(width: int, height: int, colour: str = "red") -> QImage:
    made = QImage(width, height, QImage.Format.Format_RGB32)
    made.fill(QColor(colour))
    return made


def part_at(view: ImageView, at: QPointF) -> tuple[float, float]:
    rect = view.picture_rect()
    return (at.x() - rect.x()) / rect.width(), (at.y() - rect.y()) / rect.height()


def turn_wheel(view: ImageView, at: QPointF, notches: int) -> None:
    view.wheelEvent(
        QWheelEvent(
            at,
            at,
            QPoint(),
            QPoint(0, 120 * notches),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
    )


def test_a_large_picture_is_fitted_into_the_view(view: ImageView) -> None:
    view.show_picture(image(2000, 1000))
    rect = view.picture_rect()
    assert rect.width() == pytest.approx(400 - 2 * MARGIN)
    assert rect.center() == QPointF(200, 150)
    view.resize(200, 300)
    assert view.picture_rect().width() == pytest.approx(200 - 2 * MARGIN)


def test_the_wheel_zooms_around_the_cursor(view: ImageView) -> None:
    view.show_picture(image(2000, 1500))
    view.show_actual_size()
    at = QPointF(120, 80)
    before = part_at(view, at)
    turn_wheel(view, at, 2)
    assert view.zoom == pytest.approx(1.25**2)
    assert part_at(view, at) == pytest.approx(before)
    turn_wheel(view, at, -2)
    assert view.zoom == pytest.approx(1)


def test_panning_stops_at_the_edges(view: ImageView) -> None:
    view.show_picture(image(1000, 1000))
    view.show_actual_size()
    for _ in range(40):
        QTest.keyClick(view, Qt.Key.Key_Left)
    assert view.picture_rect().left() == pytest.approx(0)
    QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=QPoint(300, 100))
    QTest.mouseMove(view, QPoint(200, 100))
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=QPoint(200, 100))
    assert view.picture_rect().left() == pytest.approx(-100)


def test_keys_fit_and_show_exactly(view: ImageView) -> None:
    view.show_picture(image(1000, 1000))
    QTest.keyClick(view, Qt.Key.Key_1)
    assert view.zoom == 1
    QTest.keyClick(view, Qt.Key.Key_Plus)
    assert view.zoom == 1.25
    QTest.keyClick(view, Qt.Key.Key_0)
    assert view.is_fitted


def test_a_double_click_changes_between_fitted_and_exact(view: ImageView) -> None:
    view.show_picture(image(1000, 1000))
    QTest.mouseDClick(view, Qt.MouseButton.LeftButton, pos=QPoint(200, 150))
    assert (view.is_fitted, view.zoom) == (False, 1)
    QTest.mouseDClick(view, Qt.MouseButton.LeftButton, pos=QPoint(200, 150))
    assert view.is_fitted


def test_a_preview_takes_the_place_of_what_it_stands_for(view: ImageView) -> None:
    view.show_picture(image(512, 256))
    place = view.picture_rect()
    view.show_picture(image(64, 32), QSize(512, 256))
    assert view.picture_rect() == place
    view.show_actual_size()
    turn_wheel(view, QPointF(10, 10), 3)
    place = view.picture_rect()
    view.show_picture(image(512, 256, "blue"))
    assert view.picture_rect() == place


def test_comparing_shows_each_picture_on_its_side(view: ImageView) -> None:
    view.show_picture(image(400, 300, "red"))
    view.compare(image(400, 300, "blue"))
    view.move_divider(0.25)
    shown = view.grab().toImage()
    assert shown.pixelColor(60, 80) == QColor("blue")
    assert shown.pixelColor(300, 80) == QColor("red")
    rect = view.picture_rect()
    QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=QPoint(round(rect.left() + rect.width() / 4), 150))
    QTest.mouseMove(view, QPoint(round(rect.left() + rect.width() * 0.9), 150))
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=QPoint(0, 0))
    assert view.grab().toImage().pixelColor(300, 80) == QColor("blue")
    view.compare(None)
    assert view.grab().toImage().pixelColor(60, 80) == QColor("red")


def test_zoom_has_limits_and_nothing_shown_is_harmless(view: ImageView) -> None:
    view.zoom_by(2)
    view.show_actual_size()
    view.grab()
    view.show_picture(image(10, 10))
    view.zoom_by(1e9)
    assert view.zoom == 32
    view.zoom_by(1e-9)
    assert view.zoom == 0.02
    view.clear()
    assert view.picture.isNull()
