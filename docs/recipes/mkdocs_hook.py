"""A hook of MkDocs: `mkdocs build` fails where a formula is wrong, `mkdocs serve` says so and goes on.

In mkdocs.yml:

    hooks:
      - mkdocs_hook.py
"""

import logging
from typing import Any

from mkdocs.exceptions import PluginError

import agnesi

STRICT = False  # True: what is not read fails too
log = logging.getLogger("mkdocs.hooks.agnesi")
serving = False


def on_startup(command: str, dirty: bool) -> None:
    """Remember whether the site is built or served."""
    global serving
    serving = command == "serve"


def on_files(files: Any, config: Any) -> Any:
    """Judge the pages."""
    pages = [f.abs_src_path for f in files.documentation_pages() if f.abs_src_path]
    found = agnesi.check_documents(pages, cache=True)
    if found.failed(STRICT):
        log.error("%s", found.show())
        if not serving:
            raise PluginError("A formula is wrong; see above.")
    return files
