"""What a recorded timing must be read with: the machine, the software and the commit."""

import os
import platform
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_info

ROOT = Path(__file__).resolve().parents[1]


def machine() -> dict:
    """Describe what does not change between two runs on one machine."""
    blas = next((lib for lib in threadpool_info() if lib["user_api"] == "blas"), {})
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "numpy": np.__version__,
        "blas": " ".join(
            str(blas[key]) for key in ("internal_api", "version", "architecture") if key in blas
        ),
        "threads": blas.get("num_threads"),
    }


def origin() -> dict:
    """Say when, from which commit and by which command a result was made."""
    script = Path(sys.argv[0]).resolve()
    name = script.relative_to(ROOT) if script.is_relative_to(ROOT) else script.name
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "commit": _git("rev-parse", "HEAD"),
        "files_changed_since_commit": _git("diff", "HEAD", "--name-only").split(),
        "command": " ".join(["python", str(name), *sys.argv[1:]]),
    }


def _processor() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        for line in cpuinfo.read_text().splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor() or "unknown"


def _git(*arguments: str) -> str:
    try:
        answer = subprocess.run(
            ["git", "-C", ROOT, *arguments], capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return ""  # not a git checkout, or no git
    return answer.stdout.strip()
