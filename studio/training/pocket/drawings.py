"""Named drawings of the icon packages, rendered from SVG, and what can be done to them so that words get a meaning."""

import importlib
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from studio.core.errors import StudioError
from studio.training.pocket.packages import fetch, read_json
from studio.training.pocket.recipe import EMOJI_NAMES, EMOJI_WORDS, Recipe

# hours on a clock's face, near copies of another drawing, signs and letters: no small net tells them apart
LEFT_OUT = re.compile(
    r"o’clock|-thirty|moon$|moon face$|mailbox|oncoming|incoming|tilted right|envelope with|with slash|^(speaker|"
    r"first|last|new|waxing|waning|hourglass not|card|file|locked|chart|map of|globe showing a|water buffalo|"
    r"sun behind|umbrella (with|on)|mobile phone with|thumbs|airplane [ad]|camera with|head shaking|page|"
    r"bell with|black nib|kissing face|face with(?! (tears|monocle|medical|thermometer|tongue|head|rolling))|"
    r"frowning face with|left|right|service|guide|softball|rugby|clinking glasses|house with|tram car|minibus|"
    r"trolleybus|light rail|two-hump|front-facing|national park|derelict|love hotel|department|hotel|bank|"
    r"post office|synagogue|hindu|kaaba|wedding|landslide|e-mail|pager|fax|videocassette|ledger|bookmark tabs|"
    r"receipt|inbox|outbox|spiral cal|tear-off|cricket game|field hockey|lacrosse|flag in|goal net|prayer|"
    r"white cane|carp|pine dec|tanabata|rosette|white heart|grey heart|brown heart|light blue|pink heart|"
    r"heart (exclam|dec|suit)|mending|growing|beating|revolving|brown mush|flatbread|stuffed|tamale|falafel|oden|"
    r"fish cake|sake|tumbler|pouring|beverage box|clutch|flat shoe|ballet|hair pick|woman’s [cs]|hiking|thong|"
    r"muted|level|control|trackball|dvd|optical|film frames|admission|sports medal|[23]|military medal|reminder|"
    r"pound|euro|yen|linked|broken chain|chains|link|triangular|old key|funeral|headstone|placard|hamsa|elevator|"
    r"petri|low battery|drop of|sad but|slightly fro|anxious|confounded|persevering|disappointed|downcast|tired|"
    r"anguished|hushed|distorted|smirking|unamused|expressionless|dotted|relieved|pensive|squinting|beaming|lying|"
    r"flushed|worried|woozy|dashing|sweat|anger|fight|hole|zzz|eye in|speech)"
)
COLOURS = {
    "red": 0, "orange": 28, "yellow": 52, "green": 120, "turquoise": 175, "blue": 215, "purple": 275, "pink": 325,
}  # fmt: skip
GROUNDS = {
    "red": "#d93a3a", "orange": "#f59331", "yellow": "#f7d84a", "green": "#4aa85a", "blue": "#3f7fd9",
    "purple": "#8b55c4", "pink": "#f29bc1", "black": "#1c1c1c", "gray": "#9a9a9a", "light blue": "#a9d4f5",
}  # fmt: skip
COLOUR_WORDS = re.compile(rf"\b({'|'.join([*COLOURS, 'black', 'white', 'brown', 'gray'])})\b ?")
SOFTER = 0.88  # saturation and brightness of a new colour: drawings are less bright than pure hues
SATURATED, LEAST_COLOURED, HUE_REACH, HUE_NEAR = 0.25, 0.12, 50, 35


@dataclass(frozen=True)
class Drawing:
    """One drawing: its English name, words about it, its style's words, and the SVG."""

    name: str
    words: tuple[str, ...]
    style: str
    svg: str


def drawings(recipe: Recipe, folder: Path) -> Iterator[Drawing]:
    """The drawings of the recipe's subjects in each of its styles, from packages kept in `folder`."""
    emoji = read_json(fetch(EMOJI_NAMES, folder), "data-by-emoji.json")
    words = read_json(fetch(EMOJI_WORDS, folder), "dist/emoji-en-US.json")
    wanted = {
        sign: about["name"]
        for sign, about in emoji.items()
        if about["group"] in recipe.subjects and not LEFT_OUT.search(about["name"])
    }
    for style in recipe.styles:
        archive = fetch(style.package, folder)
        icons, signs = read_json(archive, "icons.json"), read_json(archive, "chars.json")
        for sign, name in wanted.items():
            if (key := _key(sign, signs)) in icons["icons"]:
                about = tuple(word.replace("_", " ") for word in words.get(sign, ())[1:])
                yield Drawing(name.lower(), about, style.words, _svg(icons, key, recipe.size))


def _key(sign: str, signs: dict[str, Any]) -> str:
    code = "-".join(f"{ord(letter):x}" for letter in sign)
    return signs.get(code) or signs.get(code.replace("-fe0f", ""), "")


def _svg(icons: dict[str, Any], key: str, size: int) -> str:
    icon = icons["icons"][key]
    width, height = (icon.get(side) or icons.get(side, 16) for side in ("width", "height"))
    box = f"{icon.get('left', 0)} {icon.get('top', 0)} {width} {height}"
    spaces = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
    return f'<svg {spaces} viewBox="{box}" width="{size}" height="{size}">{icon["body"]}</svg>'


def render(svg: str, size: int) -> Image.Image:
    """The drawing as RGBA, `size` x `size`. Raises StudioError without the renderer."""
    try:
        resvg = importlib.import_module("resvg_py")
    except ImportError as error:
        raise StudioError("resvg-py is needed to draw pictures.", "Install it: pip install resvg-py==0.5.0") from error
    data = bytes(resvg.svg_to_bytes(svg_string=svg, width=size, height=size, dpi=96.0, skip_system_fonts=True))
    return Image.open(io.BytesIO(data)).convert("RGBA")


def on_ground(drawing: Image.Image, colour: str = "#ffffff") -> Image.Image:
    """The drawing on a plain ground, as RGB."""
    ground = Image.new("RGBA", drawing.size, colour)
    ground.alpha_composite(drawing)
    return ground.convert("RGB")


def main_hue(drawing: Image.Image) -> float | None:
    """The hue, in degrees, that most of the drawing has; None if it has hardly any colour."""
    hue, saturation, value, alpha = _hsva(drawing)
    weight = saturation * value * (saturation > SATURATED) * (alpha > 0.5)
    if (weight > 0).sum() < LEAST_COLOURED * max((alpha > 0.5).sum(), 1):
        return None
    histogram, _ = np.histogram(hue, bins=36, range=(0, 360), weights=weight)
    around = histogram + np.roll(histogram, 1) + np.roll(histogram, -1)
    return float(around.argmax() * 10 + 5)


def recoloured(drawing: Image.Image, colour: str) -> Image.Image:
    """The drawing with its main colour turned into another of COLOURS; other colours stay."""
    main = main_hue(drawing)
    if main is None:
        return drawing
    hue, saturation, value, alpha = _hsva(drawing)
    apart = (hue - main + 180) % 360 - 180
    reached = (np.abs(apart) < HUE_REACH) & (saturation > SATURATED / 2)
    turned = np.where(reached, (COLOURS[colour] + apart * 0.4) % 360, hue)
    softer = np.where(reached, SOFTER, 1.0) * 255
    pixels = np.stack([turned / 360 * 255, saturation * softer, value * softer], axis=-1).round().astype(np.uint8)
    image = Image.fromarray(pixels, "HSV").convert("RGB")
    image.putalpha(Image.fromarray((alpha * 255).astype(np.uint8)))
    return image


def other_colours(drawing: Image.Image) -> list[str]:
    """The colours that the drawing can be given and does not have."""
    main = main_hue(drawing)
    return [] if main is None else [name for name, hue in COLOURS.items() if _apart(hue, main) > HUE_NEAR]


def spoiled(picture: Image.Image, rng: np.random.Generator) -> Image.Image:
    """The picture as bad as "low quality, blurry" means: blurred, noisy, with blocks of strong compression."""
    blurred = picture.filter(ImageFilter.GaussianBlur(rng.uniform(1.2, 3.0)))
    noisy = np.asarray(blurred) + rng.normal(0, rng.uniform(4, 18), (*blurred.size[::-1], 3))
    packed = io.BytesIO()
    Image.fromarray(noisy.clip(0, 255).astype(np.uint8)).save(packed, "JPEG", quality=int(rng.integers(8, 30)))
    return Image.open(packed).convert("RGB")


def _apart(hue: float, other: float) -> float:
    return abs((hue - other + 180) % 360 - 180)


def _hsva(drawing: Image.Image) -> tuple[NDArray[np.float64], ...]:
    hsv = np.asarray(drawing.convert("RGB").convert("HSV")).astype(float)
    alpha = np.asarray(drawing.getchannel("A")).astype(float) / 255
    return hsv[..., 0] / 255 * 360, hsv[..., 1] / 255, hsv[..., 2] / 255, alpha
