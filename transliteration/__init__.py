"""What a written name, date or place can mean: pure functions from strings to values.

The public names are those of `__init__.pyi`; each is loaded on first use, so that importing the package stays quick.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
