"""What is known beside the picture: the queue, facts about picture and prompt, and the orders given so far."""

from PySide6.QtWidgets import QTabWidget, QWidget

from studio.ui import theme
from studio.ui.panels.history import History
from studio.ui.panels.inspector import Inspector
from studio.ui.panels.queue_panel import QueuePanel
from studio.ui.session import Session
from studio.ui.translate import tr
from studio.ui.widgets.parts import column

LEAST = 220


class Details(QWidget):
    """The three in tabs."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        theme.dress(self, "panel")
        self.queue, self.inspector, self.history = QueuePanel(session), Inspector(), History()
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.setAccessibleName(tr("Details"))
        self.tabs.setMinimumWidth(LEAST)
        for panel, title, about in (
            (self.queue, tr("Queue"), tr("What is painted now and what comes next.")),
            (self.inspector, tr("Inspector"), tr("Facts about the picture and the prompt.")),
            (self.history, tr("History"), tr("Every order you gave, to take up again.")),
        ):
            self.tabs.setTabToolTip(self.tabs.addTab(panel, title), about)
        column(self.tabs, parent=self, spacing=0)
