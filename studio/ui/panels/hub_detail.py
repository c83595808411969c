"""One model of a site: what it is, its versions and files, and the button that downloads one."""

from PySide6.QtCore import QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from studio.library.downloads.found import Found, Variant
from studio.library.downloads.wanted import Wanted
from studio.ui import theme
from studio.ui.panels.download_card import amount
from studio.ui.panels.hub_grid import about
from studio.ui.translate import tr
from studio.ui.widgets.choice_edit import ChoiceEdit
from studio.ui.widgets.parts import button, column, label, row, tool


class HubDetail(QWidget):
    """Shows the chosen model; `wanted` gives the file to download."""

    wanted = Signal(object)  # Wanted

    def __init__(self) -> None:
        super().__init__()
        theme.dress(self, "panel")
        self.found: Found | None = None
        self.title, self.facts = label("", "title", wrap=True), label("", "muted", wrap=True)
        self.version = ChoiceEdit(label=self._version_text)
        self.version.setAccessibleName(tr("Version"))
        self.version.setToolTip(tr("Which version of the model is downloaded."))
        self.file = ChoiceEdit(label=self._file_text)
        self.file.setAccessibleName(tr("File"))
        self.file.setToolTip(tr("Which of the version's files is downloaded."))
        self.note = label("", "small", wrap=True)
        self.download = button(
            tr("Download"), self._download, role="primary", tip=tr("It is put into the folder for models of its kind.")
        )
        page = tool("globe", tr("Open its page in the browser"), self._open)
        self.words = QPlainTextEdit(readOnly=True)
        self.words.setAccessibleName(tr("Description"))
        self.words.setToolTip(tr("What its maker says about the model."))
        foot = row(page)
        foot.insertWidget(0, self.download, 1)
        parts = (self.title, self.facts, self.version, self.file, self.note, foot)
        column(*parts, parent=self, margin=theme.MEDIUM).addWidget(self.words, 1)
        self.version.changed.connect(self._show_files)
        self.file.changed.connect(self._show_note)
        self.show_found(None)

    @Slot(object)
    def show_found(self, found: Found | None) -> None:
        """Show a model; one whose files are not known yet cannot be downloaded until they are."""
        self.found = found
        self.setVisible(found is not None)
        if found is None:
            return
        self.title.setText(found.title)
        self.facts.setText(about(found))
        self.words.setPlainText("\n\n".join(filter(None, (found.description, ", ".join(found.tags)))))
        self.version.set_choices([one.id for one in found.variants])
        self.version.combo.setCurrentIndex(0 if found.variants else -1)
        self._show_files()

    def _variant(self) -> Variant | None:
        every = self.found.variants if self.found else ()
        return next((one for one in every if one.id == self.version.value()), None)

    def _file(self) -> Wanted | None:
        variant = self._variant()
        return next((one for one in variant.files if one.url == self.file.value()), None) if variant else None

    @Slot()
    def _show_files(self) -> None:
        variant = self._variant()
        self.file.combo.clear()
        self.file.set_choices([one.url for one in variant.files] if variant else [])
        self.file.combo.setCurrentIndex(0 if variant and variant.files else -1)
        self._show_note()

    @Slot()
    def _show_note(self) -> None:
        variant, file = self._variant(), self._file()
        if variant and variant.locked_until:
            self.note.setText(tr("In early access until {day}.", day=variant.locked_until))
        elif self.found and not self.found.variants:
            self.note.setText(tr("Looking for its files …"))
        elif file is None:
            self.note.setText(tr("It has no files to download."))
        else:
            self.note.setText("" if file.sha256 else tr("Its site tells no hash; only the header can be checked."))
        self.note.setVisible(bool(self.note.text()))
        self.download.setEnabled(file is not None and not (variant and variant.locked_until))

    def _version_text(self, key: str) -> str:
        found = next((one for one in (self.found.variants if self.found else ()) if one.id == key), None)
        return " · ".join(filter(None, (found.title, found.base, found.published))) if found else key

    def _file_text(self, url: str) -> str:
        variant = self._variant()
        file = next((one for one in variant.files if one.url == url), None) if variant else None
        return (
            " · ".join(filter(None, (file.name, amount(0, file.size).partition("/ ")[2], file.note))) if file else url
        )

    @Slot()
    def _download(self) -> None:
        if file := self._file():
            self.wanted.emit(file)

    @Slot()
    def _open(self) -> None:
        if self.found:
            QDesktopServices.openUrl(QUrl(self.found.page))
