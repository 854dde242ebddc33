"""Makes the files that the pages need from installed packages, so that nothing is fetched from elsewhere."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

LATIN = [
    (0x20, 0x17F),  # Basic Latin to Latin Extended-A: every language of the European Union that writes Latin
    (0x218, 0x21B),
    (0x1E9E, 0x1E9E),
    (0x2010, 0x2027),
    (0x202F, 0x203A),
    (0x2070, 0x209F),
    (0x20AC, 0x20AC),
    (0x2190, 0x2193),
    (0x2212, 0x2212),
    (0x2248, 0x2265),
    (0x2713, 0x2713),
]
FEATURES = [
    "kern",
    "liga",
    "calt",
    "ccmp",
    "locl",
    "mark",
    "mkmk",
    "tnum",
    "pnum",
    "lnum",
    "case",
    "cv05",
    "ss03",
]


def typeface() -> Path:
    """The upright variable Inter of the installed package. Raises CommandError where it is missing."""
    import fontpkg_inter

    folder = Path(str(fontpkg_inter.__file__)).parent
    found = sorted(p for p in folder.rglob("*.ttf") if "italic" not in p.name.lower())
    if not found:
        raise CommandError(f"No Inter typeface lies in {folder}. Install fontpkg-inter again.")
    return found[0]


def subset(source: Path, target: Path) -> None:
    """Write the Latin part of ``source`` with its weight and optical size axes as woff2; whole or not at all."""
    from fontTools import subset as subsetter

    options = subsetter.Options()
    options.flavor = "woff2"
    options.layout_features = FEATURES
    options.name_IDs = [0, 1, 2, 13, 14]
    options.notdef_outline = True
    options.hinting = False
    font = subsetter.load_font(str(source), options)
    worker = subsetter.Subsetter(options)
    worker.populate(unicodes=[code for first, last in LATIN for code in range(first, last + 1)])
    worker.subset(font)
    with tempfile.NamedTemporaryFile(dir=target.parent, suffix=".woff2", delete=False) as file:
        draft = Path(file.name)
    try:
        subsetter.save_font(font, str(draft), options)
        draft.chmod(0o644)
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)


class Command(BaseCommand):
    help = (
        "Make the typeface of the pages from the installed package. Does nothing where it is already newer."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--force", action="store_true", help="Make it again even where it is newer.")

    def handle(self, *args: Any, **options: Any) -> None:
        folder = settings.DATA_DIR / "generated"
        folder.mkdir(parents=True, exist_ok=True)
        source, target = typeface(), folder / "inter.woff2"
        newest = max(source.stat().st_mtime, Path(__file__).stat().st_mtime)
        if target.exists() and target.stat().st_mtime >= newest and not options["force"]:
            self.stdout.write(f"{target} is up to date.")
            return
        subset(source, target)
        self.stdout.write(f"{target}: {target.stat().st_size // 1024} kB.")
