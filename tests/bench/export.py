"""``python -m tests.bench.export [--rows N ...]``: rows a second and peak memory of each export, and of each site.

Each export is the command as a process, of an archive of `tests.bench.archive`; its start (an export of nothing) is taken
off the time and told apart in the memory. What must hold is that memory does not grow with the rows. Of a site 5,000
articles are whole, the others listed; where the generator is installed, the site is built as well.
"""

from __future__ import annotations

import argparse
import shlex
import shutil
import tempfile
import time
from pathlib import Path

from archive.exports import load_formats
from archive.exports.sites import load_generators
from tests.bench.__main__ import SCRAPY, Cost, run
from tests.bench.archive import archive_in, place

SPARE = 40  # MB that the largest export may take more than the smallest


def exported(kind: str, data: Path, folder: Path, *more: str) -> tuple[Cost, int]:
    """One export, to a file of that suffix or for that generator, and the bytes that it wrote."""
    out = folder / f"articles.{kind}"
    which = [str(out)] if kind in load_formats() else ["--site", kind, str(out)]
    cost = run([*SCRAPY, "export", *which, "-s", f"DATA_DIR={data}", *more])
    if out.is_file():
        size = out.stat().st_size
        out.unlink()
    else:
        size = sum(path.stat().st_size for path in out.rglob("*") if path.is_file())
    return cost, size


def built(kind: str, folder: Path) -> str:
    """The export of a site that lies in *folder*, built by the real generator: what that took."""
    command = shlex.split(load_generators()[kind].build)
    if not shutil.which(command[0]):
        return f"{kind} is not installed"
    begun = time.monotonic()
    cost = run(command, cwd=folder)
    seconds = time.monotonic() - begun
    return f"built in {seconds:.0f} s, {cost.cpu:.0f} s of CPU, peak {cost.rss:.0f} MB"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, nargs="+", default=[20_000, 200_000], metavar="N")
    kinds = [*load_formats(), *load_generators()]
    parser.add_argument("--only", nargs="+", default=kinds, choices=kinds)
    parser.add_argument("--keep", type=Path, metavar="DIR", help="keep the archives there for next time")
    args = parser.parse_args()
    with place(args.keep) as folder, tempfile.TemporaryDirectory(prefix="bench-") as output:
        out = Path(output)
        peaks: dict[str, list[float]] = {}
        for rows in sorted(args.rows):
            data = archive_in(folder, rows)
            for kind in args.only:
                start, _ = exported(kind, data, out, "--until", "2000-01-01")
                whole, size = exported(kind, data, out)
                peaks.setdefault(kind, []).append(whole.rss)
                site = out / f"articles.{kind}"
                print(
                    f"{kind:<8} {rows:>9,} rows: {rows / (whole.cpu - start.cpu):>8,.0f} rows a CPU second,"
                    f" peak {whole.rss:.0f} MB ({start.rss:.0f} for none), {size / 1e6:,.0f} MB written"
                    + (f"; {built(kind, site)}" if site.is_dir() else ""),
                    flush=True,
                )
                shutil.rmtree(site, ignore_errors=True)
        for kind, found in peaks.items():
            grown = found[-1] - found[0]
            print(
                f"{kind:<8} memory grown by {grown:.0f} MB, goal {SPARE}: {'ok' if grown <= SPARE else 'OVER'}"
            )


if __name__ == "__main__":
    main()
