"""Networks (LoRA and its relatives): looked up, compared with the checkpoint, put into its nets and taken out."""

from studio.engine.networks.patches import Patches
from studio.engine.networks.uses import Lookup, OverTime, Timeline, Use, Uses, Wanted, acting

__all__ = ["Lookup", "OverTime", "Patches", "Timeline", "Use", "Uses", "Wanted", "acting"]
