"""What a ComfyUI graph paints, as far as it is what the web UI can say: one sampler, and a second after enlarging."""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath, PureWindowsPath
from typing import Any

from studio.core.infotext_keys import Parameters
from studio.core.infotext_syntax import json_text

PICTURES = ("images", "image", "samples", "pixels", "latent_image", "latent")
CONDITIONS = ("conditioning", "conditioning_to", "conditioning_1", "positive", "negative")
OTHER_FLOWS = {*PICTURES, *CONDITIONS, "model", "clip", "vae", "control_net", "mask"}
TEXTS = ("text", "text_g", "text_l", "prompt", "string", "value")
NUMBERS = ("value", "seed", "int", "float", "number")
MODELS = ("ckpt_name", "unet_name", "model_name")
SCHEDULERS = {
    "KarrasScheduler": "karras",
    "ExponentialScheduler": "exponential",
    "PolyexponentialScheduler": "polyexponential",
    "BetaSamplingScheduler": "beta",
    "AlignYourStepsScheduler": "align_your_steps",
}
UPSCALERS = {
    "bilinear": "Latent",
    "bicubic": "Latent (bicubic)",
    "nearest-exact": "Latent (nearest-exact)",
}
MAX_NODES = 1000  # of a hostile file; people's graphs have hundreds
WITHOUT_SAY = {"VAEDecode", "VAEEncode", "SaveImage", "PreviewImage", "VAEDecodeTiled"}


def is_graph(said: Mapping[str, Any]) -> bool:
    """Whether parsed JSON is a graph as ComfyUI saves it for its API."""
    return bool(said) and all(isinstance(node, dict) and "class_type" in node for node in said.values())


def from_graph(said: Mapping[str, Any]) -> Parameters:
    """What a graph asks for; nodes that play no known part are among the leftovers. Never raises."""
    nodes = {name: Node.of(name, node) for name, node in said.items() if isinstance(node, dict)}
    if len(nodes) > MAX_NODES:
        return Parameters(leftovers={"prompt": f"{len(nodes)} nodes"})
    return _Graph(nodes).parameters()


@dataclass(frozen=True)
class Node:
    """One node: its kind, and its inputs, which are values or links to other nodes' outputs."""

    id: str
    kind: str
    inputs: Mapping[str, Any]

    @staticmethod
    def of(id: str, said: Mapping[str, Any]) -> "Node":
        """The node that JSON describes."""
        inputs = said.get("inputs")
        return Node(id, str(said.get("class_type", "")), inputs if isinstance(inputs, dict) else {})


@dataclass
class _Graph:
    nodes: Mapping[str, Node]
    used: set[str] = field(default_factory=set)
    left: dict[str, str] = field(default_factory=dict)

    def parameters(self) -> Parameters:
        samplers = self._samplers()
        if not samplers:
            return Parameters(leftovers=self._unused())
        first = samplers[0]
        entries = self._sampling(first) | self._size(first) | self._models(first) | self._vae(first)
        entries["RNG"] = "CPU"  # ComfyUI draws its noise there
        if len(samplers) > 1:
            entries |= self._hires(samplers[1], first, entries)
        prompt, negative = self._prompt(first, "positive"), self._prompt(first, "negative")
        prompt += self._loras(first)
        return Parameters(prompt, negative, entries, {**self.left, **self._unused()})

    def _samplers(self) -> list[Node]:
        """The samplers of the picture that is saved, first pass first."""
        outputs = [node for node in self.nodes.values() if "images" in node.inputs]
        starts = [*outputs, *(node for node in self.nodes.values() if _is_sampler(node))]
        for start in starts:
            chain = [node for node in self._upstream(start, PICTURES) if _is_sampler(node)]
            if chain:
                self._use(self._upstream(start, PICTURES))
                return chain[::-1]
        return []

    def _upstream(self, start: Node, inputs: Iterable[str] | None = None) -> Iterator[Node]:
        """`start` and what flows into it, nearest first; by all but the named flows if `inputs` is None."""
        seen, waiting = {start.id}, deque([start])
        while waiting:
            node = waiting.popleft()
            yield node
            for name in inputs or (name for name in node.inputs if name not in OTHER_FLOWS):
                source = self._source(node, name)
                if source and source.id not in seen:
                    seen.add(source.id)
                    waiting.append(source)

    def _source(self, node: Node, name: str) -> Node | None:
        link = node.inputs.get(name)
        if isinstance(link, list) and len(link) == 2 and isinstance(link[0], (str, int)):
            return self.nodes.get(str(link[0]))
        return None

    def _use(self, nodes: Iterable[Node]) -> None:
        self.used.update(node.id for node in nodes)

    def _settings(self, sampler: Node) -> list[Node]:
        """The sampler and the nodes that only set it up (noise, guider, sigmas, numbers)."""
        found = list(self._upstream(sampler))
        self._use(found)
        return found

    def _literal(self, nodes: Iterable[Node], names: Iterable[str]) -> str:
        """The first plain value under any of the names; of a link, the value its node holds."""
        for node in nodes:
            for name in names:
                source = self._source(node, name)
                value = self._held(source) if source else node.inputs.get(name)
                if isinstance(value, (str, int, float)):
                    return json_text(value)
        return ""

    def _held(self, node: Node) -> Any:
        self.used.add(node.id)
        return next((node.inputs[name] for name in (*NUMBERS, *TEXTS) if name in node.inputs), None)

    def _sampling(self, sampler: Node) -> dict[str, str]:
        nodes = self._settings(sampler)
        found = {
            "Steps": self._literal(nodes, ["steps"]),
            "Sampler": self._literal(nodes, ["sampler_name"]),
            "Schedule type": self._literal(nodes, ["scheduler"])
            or next((SCHEDULERS[node.kind] for node in nodes if node.kind in SCHEDULERS), ""),
            "CFG scale": self._literal(nodes, ["cfg"]),
            "Seed": self._literal(nodes, ["seed", "noise_seed"]),
        }
        if (denoise := self._literal(nodes, ["denoise"])) not in ("", "1", "1.0"):
            self.left["denoise"] = denoise
        return {key: value for key, value in found.items() if value}

    def _size(self, sampler: Node) -> dict[str, str]:
        for node in self._upstream(sampler, PICTURES):
            width, height = self._literal([node], ["width"]), self._literal([node], ["height"])
            if width and height:
                batch = self._literal([node], ["batch_size"])
                return {"Size": f"{width}x{height}"} | ({"Batch size": batch} if batch not in ("", "1") else {})
        return {}

    def _models(self, sampler: Node) -> dict[str, str]:
        path = self._model_path(sampler)
        self._use(path)
        found = {"Model": _stem(self._literal(path, MODELS))}
        texts = self._condition_path(sampler, "positive")
        clips = [node for text in texts[-1:] for node in self._upstream(text, ["clip"])]
        self._use(clips)
        skipped = self._literal(clips, ["stop_at_clip_layer"])
        if skipped.startswith("-"):
            found["Clip skip"] = skipped[1:]
        return {key: value for key, value in found.items() if value}

    def _model_path(self, sampler: Node) -> list[Node]:
        start = next((node for node in self._settings(sampler) if "model" in node.inputs), sampler)
        return list(self._upstream(start, ["model"]))

    def _vae(self, sampler: Node) -> dict[str, str]:
        """The VAE of its own that decodes what the sampler made, if it is not the checkpoint's."""
        for node in self.nodes.values():
            source = self._source(node, "vae")
            if source and "vae_name" in source.inputs and sampler in self._upstream(node, PICTURES):
                self.used.add(source.id)
                return {"VAE": self._literal([source], ["vae_name"])}
        return {}

    def _loras(self, sampler: Node) -> str:
        tags = []
        for node in self._model_path(sampler)[::-1]:
            if name := _stem(self._literal([node], ["lora_name"])):
                unet = self._literal([node], ["strength_model"]) or "1"
                te = self._literal([node], ["strength_clip"]) or unet
                tags.append(f" <lora:{name}:{te}>" if te == unet else f" <lora:{name}:{te}:{unet}>")
        return "".join(tags)

    def _condition_path(self, sampler: Node, side: str) -> list[Node]:
        """The nodes from the sampler to the text of one side."""
        start = next((node for node in self._settings(sampler) if side in node.inputs), None)
        if start is None and side == "positive":
            start = next((node for node in self._settings(sampler) if "conditioning" in node.inputs), None)
        names = (side, *CONDITIONS)
        node, path = start, []
        while node and node not in path:
            path.append(node)
            if node is not start and any(name in node.inputs for name in TEXTS):
                break
            node = next((source for name in names if (source := self._source(node, name))), None)
        return path[1:]

    def _prompt(self, sampler: Node, side: str) -> str:
        path = self._condition_path(sampler, side)
        self._use(path)
        return self._literal(path[-1:], TEXTS)

    def _hires(self, second: Node, first: Node, base: Mapping[str, str]) -> dict[str, str]:
        said = self._sampling(second)
        denoise = self.left.pop("denoise", "1.0")
        found = {"Denoising strength": denoise, **self._enlarging(second, first)}
        names = {"Steps": "Hires steps", "Sampler": "Hires sampler", "Schedule type": "Hires schedule type"}
        found |= {names[key]: text for key, text in said.items() if key in names and text != base.get(key)}
        for side, key, text in (
            ("positive", "Hires prompt", self._prompt(first, "positive")),
            ("negative", "Hires negative prompt", self._prompt(first, "negative")),
        ):
            if (own := self._prompt(second, side)) != text:
                found[key] = own
        self._use(self._model_path(second))
        if said.get("CFG scale") != base.get("CFG scale"):
            self.left["second pass CFG scale"] = said.get("CFG scale", "")
        return found

    def _enlarging(self, second: Node, first: Node) -> dict[str, str]:
        between = []
        for node in self._upstream(second, PICTURES):
            if node is first:
                break
            between.append(node)
        method = self._literal(between, ["upscale_method"])
        models = [source for node in between if (source := self._source(node, "upscale_model"))]
        self._use(models)
        upscaler = _stem(self._literal(models, ["model_name"])) or UPSCALERS.get(method, "")
        if method and not upscaler:
            self.left["upscale_method"] = method
        width, height = self._literal(between, ["width"]), self._literal(between, ["height"])
        found = {"Hires upscaler": upscaler or "Latent", "Hires upscale": self._literal(between, ["scale_by"]) or "1.0"}
        return found | ({"Hires resize": f"{width}x{height}"} if width and height else {})

    def _unused(self) -> dict[str, str]:
        """What the nodes say that no field speaks of."""
        nodes = (node for name, node in self.nodes.items() if name not in self.used and node.kind not in WITHOUT_SAY)
        return {f"{node.kind} {node.id}": json_text(node.inputs) for node in nodes}


def _is_sampler(node: Node) -> bool:
    return ("sampler_name" in node.inputs or "sampler" in node.inputs) and bool(
        {"latent_image", "latent"} & node.inputs.keys()
    )


def _stem(name: str) -> str:
    """A model's name without folders, whichever way they lean, and without its ending."""
    return PurePosixPath(PureWindowsPath(name).as_posix()).stem if name else ""
