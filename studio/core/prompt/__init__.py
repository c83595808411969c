"""The prompt language of AUTOMATIC1111's web UI 1.10.1: comments, networks, AND, editing over steps, weights.

A prompt is read in this order: styles, strip_comments, wildcards, extract_networks (positive prompts only), split_and
(positive prompts only), schedule, parse_emphasis. Every function is total and linear in the length of the text.
"""

from studio.core.prompt.comments import strip_comments
from studio.core.prompt.composition import split_and
from studio.core.prompt.editing import schedule
from studio.core.prompt.emphasis import parse_emphasis
from studio.core.prompt.keys import change_weight, move_item
from studio.core.prompt.networks import NetworkTag, extract_batch_networks, extract_networks
from studio.core.prompt.spans import Span, spans, unbalanced
from studio.core.prompt.timeline import Row, timeline

__all__ = [
    "NetworkTag",
    "Row",
    "Span",
    "change_weight",
    "extract_batch_networks",
    "extract_networks",
    "move_item",
    "parse_emphasis",
    "schedule",
    "spans",
    "split_and",
    "strip_comments",
    "timeline",
    "unbalanced",
]
