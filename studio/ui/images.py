"""Pictures between files, arrays and the screen; reading may be called from a lane, pixmaps only in the main thread."""

from pathlib import Path

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QImage, QImageReader, QPixmap

from studio.core.errors import FileProblem

MEMORY_LIMIT_MIB = 1024


def of_array(pixels: object) -> QImage:
    """An image of its own from uint8 RGB pixels (height, width, 3)."""
    height, width, _ = pixels.shape  # type: ignore[attr-defined]
    data = pixels.tobytes()  # type: ignore[attr-defined]
    return QImage(data, width, height, 3 * width, QImage.Format.Format_RGB888).copy()


def read(path: Path, edge: int = 0) -> QImage:
    """The picture in a file, its longer side at most `edge` pixels (0: as it is). Raises FileProblem."""
    QImageReader.setAllocationLimit(MEMORY_LIMIT_MIB)
    reader = QImageReader(str(path))
    reader.setAutoTransform(True)
    size = reader.size()
    if edge and size.isValid() and max(size.width(), size.height()) > edge:
        reader.setScaledSize(size.scaled(QSize(edge, edge), Qt.AspectRatioMode.KeepAspectRatio))
    image = reader.read()
    if image.isNull():
        raise FileProblem(
            path,
            "{name} cannot be shown as a picture.",
            "Check that the file is complete.",
            details=reader.errorString(),
        )
    return image


def pixmap(image: QImage, edge: int, ratio: float = 1.0) -> QPixmap:
    """The image for a square of `edge` points on a screen of `ratio` pixels per point."""
    size = QSize(edge, edge) * ratio
    fitted = image.scaled(size, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation)
    made = QPixmap.fromImage(fitted)
    made.setDevicePixelRatio(ratio)
    return made
