"""Kills at every step: after an undisturbed run the archive is that of a run that nothing disturbed."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from tests.archive.test_killed import SCENARIOS
from tests.kill_points import contents, killed_at


def kill_at_steps(most: int) -> str:
    """Kill each scenario of the tests at every step, or at *most* of them all together."""
    counts: dict[str, int] = {}
    stride = 1 if most >= 600 else max(1, 600 // max(most, 1))
    with tempfile.TemporaryDirectory() as parent:
        before, undisturbed, folder = (Path(parent) / name for name in ("before", "undisturbed", "killed"))
        for name, (prepare, scenario) in SCENARIOS.items():
            shutil.rmtree(before, ignore_errors=True)
            shutil.rmtree(undisturbed, ignore_errors=True)
            before.mkdir()
            prepare(before)
            shutil.copytree(before, undisturbed, symlinks=True)
            scenario(undisturbed)
            wanted = contents(undisturbed, but=("tries",))
            point = 1
            while True:
                shutil.rmtree(folder, ignore_errors=True)
                shutil.copytree(before, folder, symlinks=True)
                if not killed_at(point, folder, lambda run=scenario: run(folder)):  # type: ignore[misc]
                    break
                scenario(folder)
                assert contents(folder, but=("tries",)) == wanted, f"{name}: killed at step {point}"
                counts[name] = counts.get(name, 0) + 1
                point += stride
    return f"{sum(counts.values())} kills: " + ", ".join(f"{name} {count}" for name, count in counts.items())
