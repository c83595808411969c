"""One CLIP text model, read the way a model family was trained with it."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from studio.core.chunks import CHUNK, Chunk
from studio.core.errors import BadRequest
from studio.core.tokens import END
from studio.engine.text import attention

ALWAYS, ON_REQUEST, NEVER = "always", "on request", "never"


@dataclass(frozen=True)
class Reading:
    """How a family reads its text model.

    `layer` counts hidden states from the last (1); `clip_skip` says whether the request's clip skip takes its place.
    `normed` puts the model's final layer norm on that layer. `pad` fills a chunk after its first end token.
    """

    layer: int = 1
    normed: bool = True
    pad: int = END
    pooled: bool = False
    clip_skip: str = NEVER


@dataclass(frozen=True)
class Encoded:
    """A chunk's hidden states (77, width) and, where the family uses it, the projected end token (features,)."""

    hidden: Tensor
    pooled: Tensor | None


class ClipEncoder:
    """A transformers CLIPTextModel, or CLIPTextModelWithProjection where `reading.pooled`."""

    def __init__(self, model: nn.Module, reading: Reading) -> None:
        self.model: Any = model
        self.model.set_attn_implementation(attention.NAME)
        self.reading = reading

    @property
    def core(self) -> Any:
        """The transformer itself, which transformers nests in `text_model` in some classes and versions only."""
        return getattr(self.model, "text_model", self.model)

    def layer(self, clip_skip: int, on_request: bool) -> int:
        """Which hidden state to take, from the last (1). Raises BadRequest if the model has too few layers."""
        obeys = self.reading.clip_skip == ALWAYS or (self.reading.clip_skip == ON_REQUEST and on_request)
        layer = clip_skip if obeys else self.reading.layer
        layers = len(self.core.encoder.layers)
        if layer > layers + 1:
            raise BadRequest(
                "Clip skip {skip} is more than this model's text encoder has layers ({layers}).",
                "Lower the clip skip.",
                skip=layer,
                layers=layers,
            )
        return layer

    @torch.no_grad()
    def encode(self, chunk: Chunk, layer: int, vectors: Mapping[str, Tensor]) -> Encoded:
        """Encode one chunk by itself, so that the result never depends on what else is encoded; float32.

        `layer` is what `layer()` answered; `vectors` are embeddings (count, width) by name. Raises BadRequest for an
        embedding that no chunk can hold or that is made for another width.
        """
        ids = _padded(chunk.tokens, self.reading.pad)
        device = self.core.embeddings.token_embedding.weight.device
        with _inserted(self.core.embeddings.token_embedding, chunk.fixes, vectors):
            output = self.core(input_ids=torch.tensor([ids], device=device), output_hidden_states=True)
        last = output.last_hidden_state
        return Encoded(self._read(output, layer)[0].float(), self._pooled(last, ids) if self.reading.pooled else None)

    def _read(self, output: Any, layer: int) -> Tensor:
        if not self.reading.normed:
            return output.hidden_states[-layer]
        return output.last_hidden_state if layer == 1 else self.core.final_layer_norm(output.hidden_states[-layer])

    def _pooled(self, last: Tensor, ids: list[int]) -> Tensor:
        return self.model.text_projection(last[0, ids.index(END)]).float()


def _padded(ids: list[int], pad: int) -> list[int]:
    end = ids.index(END) + 1
    return ids if pad == END else ids[:end] + [pad] * (len(ids) - end)


@contextmanager
def _inserted(
    token_embedding: nn.Module, fixes: Sequence[tuple[int, str]], vectors: Mapping[str, Tensor]
) -> Iterator[None]:
    """Put embeddings in the place of tokens while the block runs; one that overhangs the chunk is cut."""
    for _, name in fixes:
        _check(name, vectors[name], token_embedding)

    def insert(_module: nn.Module, _args: object, embedded: Tensor) -> Tensor:
        embedded = embedded.clone()
        for offset, name in fixes:
            start = offset + 1
            place = embedded[0, start : start + len(vectors[name])]
            place.copy_(vectors[name][: len(place)])
        return embedded

    handle = token_embedding.register_forward_hook(insert)
    try:
        yield
    finally:
        handle.remove()


def _check(name: str, vectors: Tensor, token_embedding: Any) -> None:
    count, width = vectors.shape
    if count > CHUNK:
        raise BadRequest(
            "The embedding “{name}” has {count} vectors; a prompt's chunk holds {limit}.",
            "Take it out of the prompt.",
            name=name,
            count=count,
            limit=CHUNK,
        )
    if width != token_embedding.weight.shape[1]:
        raise BadRequest(
            "The embedding “{name}” was made for another kind of model.",
            "Take it out of the prompt, or choose a model it was made for.",
            name=name,
        )
