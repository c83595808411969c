"""The U-Net as the denoiser calls it: one function of latent, timestep, text and size."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial

import torch
import torch.nn.functional as F
from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel
from diffusers.models.upsampling import Upsample2D
from torch import Tensor, nn

from studio.core.errors import NotANumber
from studio.engine import attention


class UNet:
    """Calls diffusers' U-Net in its own precision and hands the result back as float32.

    A context tensor is converted once and then recognised by identity, so that attention can keep what it computed
    of it; `forget` ends that (a run ended, weights changed).
    """

    def __init__(self, module: UNet2DConditionModel) -> None:
        self.module = module
        self._converted: dict[int, tuple[Tensor, Tensor]] = {}
        # diffusers would embed raw sizes; here they come embedded within the vector, as the model's authors wrote it
        module.get_aug_embed = self._size_embedding  # type: ignore[method-assign]
        for layer in module.modules():
            if isinstance(layer, Upsample2D):
                layer.forward = partial(_upsampled, layer)  # type: ignore[method-assign]

    def __call__(self, x: Tensor, t: Tensor, context: Tensor, vector: Tensor | None = None) -> Tensor:
        """The network's prediction (batch, 4, h, w) for x (batch, channels, h, w) at timesteps t (batch,), any float.

        `context` is (batch, tokens, width); `vector` (batch, features) the pooled text and sizes of SDXL.
        Raises NotANumber if any value is not finite.
        """
        dtype = self.module.dtype
        added = {} if vector is None else {"vector": self._in(vector, dtype)}
        result = self.module(
            x.to(dtype), t, self._in(context, dtype), added_cond_kwargs=added, return_dict=False
        )[0].float()  # fmt: skip
        if not result.isfinite().all():
            raise NotANumber(
                "The model produced invalid numbers instead of a picture.",
                "Set Precision to bfloat16 or full in the settings, or use another model file.",
            )
        return result

    def forget(self) -> None:
        """Drop what was kept of the last prompts."""
        self._converted.clear()
        attention.clear(self.module)

    def _in(self, tensor: Tensor, dtype: torch.dtype) -> Tensor:
        if tensor.dtype == dtype:
            return tensor
        kept = self._converted.get(id(tensor))
        if kept is None or kept[0] is not tensor:
            if len(self._converted) >= 2 * attention.KEPT_CONTEXTS:
                self._converted.clear()
            kept = self._converted[id(tensor)] = (tensor, tensor.to(dtype))
        return kept[1]

    def _size_embedding(self, added_cond_kwargs: dict[str, Tensor], **_unused: Tensor) -> Tensor | None:
        vector = added_cond_kwargs.get("vector")
        return None if vector is None else self.module.add_embedding(vector)


def _upsampled(layer: Upsample2D, x: Tensor, output_size: Sequence[int] | None = None) -> Tensor:
    """Twice the size, convolved, then fitted to `output_size` where sides are not multiples of 64 pixels.

    diffusers fits before it convolves; in the web UI the skip connection does, after.
    """
    doubled = F.interpolate(x, scale_factor=2.0, mode="nearest")
    convolved = layer.conv(doubled) if layer.conv is not None else doubled
    if output_size is None or convolved.shape[-2:] == tuple(output_size):
        return convolved
    return F.interpolate(convolved, tuple(output_size), mode="nearest")


@contextmanager
def tiling(*modules: nn.Module, wanted: bool) -> Iterator[None]:
    """Let convolutions wrap around the edges while the block runs, for pictures that can be laid edge to edge."""
    if not wanted:
        yield
        return
    convolutions = [layer for module in modules for layer in module.modules() if isinstance(layer, nn.Conv2d)]
    before = [layer.padding_mode for layer in convolutions]
    try:
        for layer in convolutions:
            layer.padding_mode = "circular"
        yield
    finally:
        for layer, mode in zip(convolutions, before, strict=True):
            layer.padding_mode = mode  # type: ignore[assignment]
