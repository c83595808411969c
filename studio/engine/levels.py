"""The noise levels a model was trained at, and what its prediction means at each of them."""

from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor

TRAINED_STEPS = 1000
LCM_STRIDE = 20
LCM_SIGMA_DATA = 0.5
LCM_TIMESTEP_SCALING = 10.0
LAST_ZERO_SNR_ALPHA = 4.8973451890853435e-08  # stands for 0, which would be an infinite sigma


def linear_alphas(first_beta: float = 0.00085, last_beta: float = 0.012) -> Tensor:
    """alphas_cumprod (1000,), float32, of Stable Diffusion's training: betas linear in their square roots."""
    betas = torch.linspace(first_beta**0.5, last_beta**0.5, TRAINED_STEPS, dtype=torch.float64) ** 2
    return (1 - betas).cumprod(0).float()


def zero_terminal_snr(alphas_cumprod: Tensor) -> Tensor:
    """alphas_cumprod rescaled so that the last level is pure noise (Lin et al. 2024, "Common Diffusion Noise
    Schedules"; the last value as the web UI has it)."""
    root = alphas_cumprod.sqrt()
    rescaled = ((root - root[-1]) * (root[0] / (root[0] - root[-1]))) ** 2
    rescaled[-1] = LAST_ZERO_SNR_ALPHA
    return rescaled


def index_of(sigma: Tensor, table: Tensor, quantize: bool = False) -> Tensor:
    """Where `sigma` (any shape) lies in the rising `table` of sigmas: float index, linear in log sigma, kept inside.

    `quantize` gives the nearest index instead.
    """
    log_table, log_sigma = table.log(), sigma.log()
    distances = log_sigma - log_table.view(-1, *[1] * sigma.ndim)
    if quantize:
        return distances.abs().argmin(dim=0)
    low = distances.ge(0).cumsum(dim=0).argmax(dim=0).clamp(max=len(table) - 2)
    below, above = log_table[low], log_table[low + 1]
    share = ((below - log_sigma) / (below - above)).clamp(0, 1)
    return (1 - share) * low + share * (low + 1)


def at_index(index: Tensor, table: Tensor) -> Tensor:
    """The sigma at a float `index` of `table`: linear in log sigma between neighbours."""
    index, log_table = index.float(), table.log()
    share = index.frac()
    return ((1 - share) * log_table[index.floor().long()] + share * log_table[index.ceil().long()]).exp()


@dataclass(frozen=True, eq=False)
class Levels:
    """The levels of one model, from `alphas_cumprod` (n,): the share of the picture left at each timestep.

    A latent at level sigma is `clean + sigma * noise` (Karras et al. 2022); sigma = sqrt((1 - alpha) / alpha).
    `prediction` is "epsilon" (the network tells the noise) or "v" (the velocity). `quantize` rounds timesteps to
    those trained. All tensors are kept on the CPU.
    """

    alphas_cumprod: Tensor
    prediction: str = "epsilon"
    quantize: bool = False

    @cached_property
    def sigmas(self) -> Tensor:
        """The model's sigmas (n,), rising."""
        return ((1 - self.alphas_cumprod) / self.alphas_cumprod) ** 0.5

    @property
    def sigma_min(self) -> float:
        """The lowest sigma."""
        return self.sigmas[0].item()

    @property
    def sigma_max(self) -> float:
        """The highest sigma."""
        return self.sigmas[-1].item()

    def sigma_to_t(self, sigma: Tensor) -> Tensor:
        """The timestep the network is told at `sigma`."""
        return index_of(sigma, self.sigmas, self.quantize)

    def t_to_sigma(self, t: Tensor) -> Tensor:
        """The sigma at float timestep `t`."""
        return at_index(t, self.sigmas)

    def nearest(self, sigma: Tensor) -> int:
        """The trained timestep (0 to 999) whose sigma is closest to `sigma`, a scalar."""
        return int((self.sigmas - sigma).abs().argmin())

    def scaled_in(self, x: Tensor, sigma: Tensor) -> Tensor:
        """What the network is shown of `x`: brought to unit variance."""
        return x * (1 / (sigma**2 + 1) ** 0.5)

    def denoised(self, x: Tensor, output: Tensor, sigma: Tensor) -> Tensor:
        """The clean latent that the network's `output` for `x` at `sigma` means."""
        if self.prediction == "v":
            return x / (sigma**2 + 1) - output * (sigma / (sigma**2 + 1) ** 0.5)
        return x - output * sigma

    def output(self, x: Tensor, denoised: Tensor, sigma: Tensor) -> Tensor:
        """What the network predicts for `x` at `sigma` where it means the clean latent `denoised`."""
        if self.prediction == "v":
            return (x / (sigma**2 + 1) - denoised) * ((sigma**2 + 1) ** 0.5 / sigma)
        return (x - denoised) / sigma


class ConsistencyLevels(Levels):
    """What a latent consistency model was distilled at: every 20th level, and a blend with the input that makes the
    lowest level the identity (Luo et al. 2023; timesteps scaled by 10, sigma_data 0.5)."""

    @cached_property
    def sigmas(self) -> Tensor:
        """The distilled sigmas (50,), rising."""
        alphas = self.alphas_cumprod[LCM_STRIDE - 1 :: LCM_STRIDE]
        return ((1 - alphas) / alphas) ** 0.5

    def sigma_to_t(self, sigma: Tensor) -> Tensor:
        """The distilled timestep (19, 39 ... 999) nearest to `sigma`."""
        return index_of(sigma, self.sigmas, quantize=True) * LCM_STRIDE + (LCM_STRIDE - 1)

    def t_to_sigma(self, t: Tensor) -> Tensor:
        """The sigma at timestep `t`, the lowest and highest distilled one kept as limits."""
        index = (t - (LCM_STRIDE - 1)) / LCM_STRIDE
        return at_index(index.clamp(0, len(self.sigmas) - 1), self.sigmas)

    def nearest(self, sigma: Tensor) -> int:
        """The distilled timestep whose sigma is closest to `sigma`, a scalar."""
        return super().nearest(sigma) * LCM_STRIDE + (LCM_STRIDE - 1)

    def denoised(self, x: Tensor, output: Tensor, sigma: Tensor) -> Tensor:
        """The clean latent, blended with `x` the less noise there is."""
        share, kept = self._blend(sigma)
        return super().denoised(x, output, sigma) * share + x * kept

    def output(self, x: Tensor, denoised: Tensor, sigma: Tensor) -> Tensor:
        """What the network predicts where `denoised` is that blend."""
        share, kept = self._blend(sigma)
        return super().output(x, (denoised - x * kept) / share, sigma)

    def _blend(self, sigma: Tensor) -> tuple[Tensor, Tensor]:
        t = self.sigma_to_t(sigma) * LCM_TIMESTEP_SCALING
        variance = t**2 + LCM_SIGMA_DATA**2
        return t / variance**0.5, LCM_SIGMA_DATA**2 / variance


def consistency(levels: Levels) -> ConsistencyLevels:
    """The levels LCM works at, of a model's `levels`."""
    return ConsistencyLevels(levels.alphas_cumprod, levels.prediction, quantize=True)
