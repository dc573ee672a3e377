"""Build step of the wheel: compiles the translation catalogues (`*.po` → `*.mo`), which the repository does not hold.

Named as `cmdclass` in `setup.cfg` and run by setuptools alone; the package does not contain it. A checkout has its
catalogues compiled by `make translations`.
"""

from __future__ import annotations

from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from setuptools.command.build_py import build_py


class BuildPy(build_py):
    """Copies modules and data as setuptools does, then writes the compiled catalogues beside them."""

    def run(self) -> None:
        """Write nothing for an editable install, which uses the checkout itself."""
        super().run()
        if self.editable_mode:
            return
        for source in sorted(Path("web", "translations").glob("*/LC_MESSAGES/*.po")):
            target = Path(self.build_lib, source.with_suffix(".mo"))
            target.parent.mkdir(parents=True, exist_ok=True)
            with source.open("rb") as file:
                catalogue = read_po(file, locale=source.parts[-3])
            with target.open("wb") as file:
                write_mo(file, catalogue)
