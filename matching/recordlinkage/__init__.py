"""For people who already have a recordlinkage script: Ridni's blocking keys as an index, its comparisons as features.

    index = recordlinkage.Index()
    index.add(KeyIndex({"surname": "surname", "birth": "date"}, [["surname.sound", "birth.year"]]))
    compare = recordlinkage.Compare()
    compare.add(Name("surname", "surname", role="surname", label="surname"))
    compare.add(Date("birth", "birth", label="birth"))

The linkage engine itself does not use recordlinkage: it never holds all pairs at once, and scores by its own model.
"""

from matching.recordlinkage.features import Date, Graded, Name, Place
from matching.recordlinkage.index import KeyIndex

__all__ = ["Date", "Graded", "KeyIndex", "Name", "Place"]
