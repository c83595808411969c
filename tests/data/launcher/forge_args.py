"""Arguments in the shape of Forge's backend: groups that exclude each other, types of its own."""
import argparse
import enum


class Preview(enum.Enum):
    NONE = "none"
    FAST = "fast"


PRECISIONS = ("fp32", "fp16", "bf16")
NOTE = "cannot be combined with others of its kind"

parser = argparse.ArgumentParser()

parser.add_argument("--gpu-device-id", type=int, default=None, metavar="DEVICE_ID")

numbers = parser.add_mutually_exclusive_group()
for name in PRECISIONS[:2]:
    numbers.add_argument(f"--all-in-{name}", action="store_true", help=f"everything in {name}; {NOTE}")

net = parser.add_mutually_exclusive_group()
for name in ("bf16", "fp16", "fp8-e4m3fn"):
    net.add_argument("--unet-in-" + name, action="store_true")

attention = parser.add_argument_group("Attention", "how attention is computed")
kinds = attention.add_mutually_exclusive_group()
kinds.add_argument("--attention-split", action="store_true")
kinds.add_argument("--attention-quad", action="store_true")
kinds.add_argument("--attention-pytorch", action="store_true")
attention.add_argument("--disable-xformers", action="store_true")

parser.add_argument("--directml", type=int, nargs="?", metavar="DIRECTML_DEVICE", const=-1)
parser.add_argument("--preview", type=Preview, default=Preview.NONE, choices=list(Preview))
parser.add_argument("--pin-memory", action=argparse.BooleanOptionalAction, default=True)
parser.add_argument("--verbosity", "-v", action="count", default=0)

memory = parser.add_mutually_exclusive_group()
for flag, text in [("gpu", "everything on the card"), ("high-vram", "much of it"), ("low-vram", "little of it")]:
    memory.add_argument(f"--always-{flag}", action="store_true", help=text.capitalize())


def more(target):
    if target:
        target.add_argument("--inside-a-function", default="a" + "b", help=("in two "
                            "pieces: " + "%d%%" % 5))


names = [line.strip() for line in open("names.txt")]
for name in names:
    parser.add_argument("--" + name, action="store_true")

args = parser.parse_known_args()[0]
