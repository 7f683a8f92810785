"""See tests.support.project."""

from tests.support.project import Project as Lab
from tests.support.project import open_project as open_lab
from tests.support.project import project as lab

__all__ = ["Lab", "lab", "open_lab"]
