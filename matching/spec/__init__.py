"""What is linked and how, as a person writes it: fields, rules, thresholds."""

from matching.spec.linkage_spec import FieldSpec, LinkageSpec

__all__ = ["FieldSpec", "LinkageSpec"]
