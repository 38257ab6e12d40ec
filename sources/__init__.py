"""Sources described by YAML alone, and the readers that turn their files into rows with locators.

A source description (`config`) names a reader and says which cell feeds which field. A reader (`readers`) turns one
file into rows, problems and declared non-data (`rows`); `extract` turns rows into records under the vocabulary of
fields (`vocabulary`). Nothing here stores anything, and no message holds the value of a cell.

The public names are those of `__init__.pyi`; each is loaded on first use, so that importing one module stays quick.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
