"""Templates of reports: every value is escaped, and a value that nobody gave is an error instead of a gap."""

from __future__ import annotations

from functools import cache

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined

from matching.report.html import number_format
from matching.report.html.bars import bars, floating
from matching.report.html.shapes import coordinate

_HERE = "matching.report"
_FILTERS = (
    coordinate,
    number_format.bits,
    number_format.chance,
    number_format.count,  # in place of Jinja's own `count`, which is another name of `length`
    number_format.interval,
    number_format.percent,
    number_format.probability,
    number_format.rounded,
    number_format.seconds,
    number_format.share,
    number_format.tick,
    number_format.words,
)


@cache
def environment(package: str = _HERE) -> Environment:
    """Return the templates of a package, with those of this one behind them.

    Numbers are written by the functions of `number_format`, which templates have as filters of the same names.
    """
    made = Environment(
        loader=ChoiceLoader([PackageLoader(name) for name in dict.fromkeys((package, _HERE))]),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.do"],
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.filters.update({function.__name__: function for function in _FILTERS})
    made.globals.update(bars=bars, floating=floating)
    return made
