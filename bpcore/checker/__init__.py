"""The checker: it reads a reader's own work, and names the equation and the slip."""

from bpcore.checker.diagnosis import Report, diagnose
from bpcore.checker.exercises import check_answer
from bpcore.checker.student import Finding

__all__ = ["Finding", "Report", "check_answer", "diagnose"]
