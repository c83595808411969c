"""Random numbers that are the same everywhere they should be, one generator a picture, as AUTOMATIC1111 draws them."""

import math
from collections.abc import Callable, Sequence
from functools import lru_cache

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from studio.core.errors import UnknownName

SOURCES = ("GPU", "CPU", "NV")
SEED_BITS = 64
PIXELS_PER_LATENT = 8
NEARLY_PARALLEL = 0.9995
BROWNIAN_DIGITS = 6
SEED_POOL = 24

Device = torch.device | str


class Philox:
    """The noise of an NVIDIA card, computed anywhere: Philox 4x32-10 (Salmon et al. 2011) and Box-Muller.

    The n-th number of the k-th draw comes from the counter (k, 0, n, 0) under the seed as key, as in cuRAND.
    """

    MULTIPLIERS = np.array([[0xD2511F53], [0xCD9E8D57]], np.uint64)
    KEY_STEPS = (0x9E3779B9, 0xBB67AE85)
    ROUNDS = 10
    LOW = np.uint64(0xFFFFFFFF)
    UNIT = 2.0**-32
    ANGLE = float(np.float32(2 * math.pi * UNIT))  # in single precision, as on the card

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.draws = 0

    def randn(self, shape: Sequence[int]) -> NDArray[np.float32]:
        """The next draw from the normal distribution."""
        first, second = self._bits(math.prod(shape))
        self.draws += 1
        radius = np.sqrt(-2.0 * np.log((first + 0.5) * self.UNIT))
        return (radius * np.sin((second + 0.5) * self.ANGLE)).astype(np.float32).reshape(shape)

    def _bits(self, count: int) -> NDArray[np.uint64]:
        """Two random 32-bit words a number: uint64 (2, count)."""
        even = np.empty((2, count), np.uint64)  # the counter's words 0 and 2, which are multiplied
        even[0], even[1] = self.draws, np.arange(count, dtype=np.uint64)
        odd = np.zeros((2, count), np.uint64)  # words 1 and 3, which are mixed in
        keys = [self.seed & 0xFFFFFFFF, self.seed >> 32 & 0xFFFFFFFF]
        for _ in range(self.ROUNDS):
            product = even * self.MULTIPLIERS
            mixed = (product[::-1] >> np.uint64(32)) ^ odd ^ np.array(keys, np.uint64)[:, None]
            even, odd = mixed, product[::-1] & self.LOW
            keys = [(key + step) & 0xFFFFFFFF for key, step in zip(keys, self.KEY_STEPS, strict=True)]
        return np.stack([even[0], odd[0]])


class Stream:
    """Draw after draw of one seed: `source` is CPU (torch's, bit-equal everywhere), GPU (torch's of the device) or NV.

    Raises UnknownName for another source. Seeds are taken modulo 2^64.
    """

    def __init__(self, source: str, seed: int, device: Device = "cpu") -> None:
        if source not in SOURCES:
            raise UnknownName("source of random numbers", source, SOURCES)
        self.device = torch.device(device)
        seed %= 2**SEED_BITS
        self._philox = Philox(seed) if source == "NV" else None
        # MPS has no generator of its own that is the same on every machine
        home = self.device if source == "GPU" and self.device.type != "mps" else "cpu"
        self._generator = torch.Generator(home).manual_seed(seed)

    def randn(self, shape: Sequence[int]) -> Tensor:
        """The next normal draw: float32 of `shape` on the stream's device."""
        if self._philox:
            return torch.from_numpy(self._philox.randn(shape)).to(self.device)
        drawn = torch.randn(tuple(shape), generator=self._generator, device=self._generator.device)
        return drawn.to(self.device)


def randn(source: str, seed: int, shape: Sequence[int], device: Device = "cpu") -> Tensor:
    """The first normal draw of a seed: float32 of `shape` on `device`; see Stream."""
    return Stream(source, seed, device).randn(shape)


def slerp(share: float, low: Tensor, high: Tensor) -> Tensor:
    """`low` (c, h, w) turned by `share` of the way towards `high`, column-wise along the height as the web UI does.

    Where both nearly coincide it is linear, with the shares the web UI gives them.
    """
    cosine = (low / low.norm(dim=1, keepdim=True) * (high / high.norm(dim=1, keepdim=True))).sum(1)
    if cosine.mean() > NEARLY_PARALLEL:
        return low * share + high * (1 - share)
    angle = cosine.acos()
    parts = ((1.0 - share) * angle).sin() / angle.sin(), (share * angle).sin() / angle.sin()
    return parts[0].unsqueeze(1) * low + parts[1].unsqueeze(1) * high


class ImageNoise:
    """The noise of a batch: each picture draws from its own seed, so it is the same alone and among others.

    `shape` is one latent's (c, h, w). `next()` gives (batch, c, h, w): first the noise to start from, later what
    samplers add. `variation_strength` mixes in the first draw of `variation_seeds` (a missing one is 0).
    `resize_from` is a size (height, width) in pixels whose composition is kept. `ensd` lets the later draws come
    from the seeds plus that number.
    """

    def __init__(
        self,
        source: str,
        shape: Sequence[int],
        seeds: Sequence[int],
        variation_seeds: Sequence[int] = (),
        variation_strength: float = 0.0,
        resize_from: tuple[int, int] = (0, 0),
        ensd: int = 0,
        device: Device = "cpu",
    ) -> None:
        self.source, self.seeds, self.device = source, tuple(seeds), device
        self.shape = tuple(shape)
        self.variation_seeds = (*variation_seeds, *[0] * len(self.seeds))
        self.variation_strength = variation_strength
        resized = (self.shape[0], *(side // PIXELS_PER_LATENT for side in resize_from))
        self.drawn_shape = resized if min(resize_from) > 0 else self.shape
        self.ensd = ensd
        self._streams = [self._stream(seed) for seed in self.seeds]
        self._begun = False

    def next(self) -> Tensor:
        """The next draw for every picture: float32 (batch, c, h, w)."""
        if self._begun:
            return torch.stack([stream.randn(self.shape) for stream in self._streams])
        self._begun = True
        first = torch.stack([self._first(i) for i in range(len(self.seeds))])
        if self.ensd:
            self._streams = [self._stream(seed + self.ensd) for seed in self.seeds]
        return first

    def _first(self, i: int) -> Tensor:
        resized = self.drawn_shape != self.shape
        stream = self._stream(self.seeds[i]) if resized else self._streams[i]
        drawn = stream.randn(self.drawn_shape)
        if self.variation_strength:
            variation = self._stream(self.variation_seeds[i]).randn(self.drawn_shape)
            drawn = slerp(self.variation_strength, drawn, variation)
        return _paste_centred(drawn, self._streams[i].randn(self.shape)) if resized else drawn

    def _stream(self, seed: int) -> Stream:
        return Stream(self.source, seed, self.device)


def _paste_centred(patch: Tensor, ground: Tensor) -> Tensor:
    """`ground` (c, h, w) with `patch` (c, h', w') over its middle, cut where it is larger."""
    to_y, from_y, height = _overlap(ground.shape[1], patch.shape[1])
    to_x, from_x, width = _overlap(ground.shape[2], patch.shape[2])
    ground[:, to_y : to_y + height, to_x : to_x + width] = patch[:, from_y : from_y + height, from_x : from_x + width]
    return ground


def _overlap(ground: int, patch: int) -> tuple[int, int, int]:
    """Where on the ground and where in the patch the overlap begins, and how long it is."""
    offset = (ground - patch) // 2
    return max(offset, 0), max(-offset, 0), patch if offset >= 0 else patch + 2 * offset


class Brownian:
    """A Brownian path for each picture, fixed by the seeds alone: `brownian(sigma, sigma_next)` is the unit noise of a
    step, however the steps are cut.

    Built by halving [sigma_min, sigma_max] (Lévy's construction), each half's share drawn from a seed of its place in
    the tree; the same numbers as torchsde's BrownianTree. `shape` is one latent's; the noise is (batch, *shape).
    """

    def __init__(
        self,
        source: str,
        shape: Sequence[int],
        seeds: Sequence[int],
        sigma_min: Tensor | float,
        sigma_max: Tensor | float,
        device: Device = "cpu",
    ) -> None:
        self.seeds = tuple(seeds)
        self._draw: Callable[[int], Tensor] = lambda seed: randn(source, seed, shape, device)
        low, high = float(sigma_min), float(sigma_max)
        self._start, self._end = round(low, BROWNIAN_DIGITS), round(high, BROWNIAN_DIGITS)
        self._whole = self._noise() * math.sqrt(high - low)
        self._at = lru_cache(maxsize=4)(self._walk)  # a step begins where another ended

    def __call__(self, sigma: Tensor | float, sigma_next: Tensor | float) -> Tensor:
        """Unit noise (batch, *shape), float32, of the step from `sigma` to `sigma_next`; either may be the larger."""
        begin, end = float(sigma), float(sigma_next)
        return (self._at(self._place(end)) - self._at(self._place(begin))) / math.sqrt(abs(end - begin))

    def _place(self, sigma: float) -> float:
        return min(max(round(sigma, BROWNIAN_DIGITS), self._start), self._end)

    def _walk(self, place: float) -> Tensor:
        """The path's value at `place`, 0 at the start: halve until the place is a border."""
        low, high, key, depth = self._start, self._end, 0, 0
        before, increment = torch.zeros_like(self._whole), self._whole
        while low < place < high:
            middle = round((low + high) / 2, BROWNIAN_DIGITS)
            left, right = (middle - low) / (high - low), (high - middle) / (high - low)
            first = increment * left + self._noise(key, depth) * math.sqrt(left * right * (high - low))
            if place <= middle:
                high, increment, key = middle, first, 2 * key
            else:
                low, before, increment, key = middle, before + first, increment - first, 2 * key + 1
            depth += 1
        return before if place == low else before + increment

    def _noise(self, *place: int) -> Tensor:
        sequences = (np.random.SeedSequence(seed, spawn_key=place, pool_size=SEED_POOL) for seed in self.seeds)
        return torch.stack([self._draw(int(sequence.generate_state(1)[0])) for sequence in sequences])
