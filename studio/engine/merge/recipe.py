"""What a merged file tells of how it was made: the web UI's recipe, and ModelSpec's list of parents."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from studio.core.errors import BadRequest
from studio.core.job import JobContext
from studio.core.merge_request import AS_THEY_ARE, MergeRequest
from studio.core.paths import Places
from studio.engine.merge.source import Source
from studio.library import hashes
from studio.library.checkpoints import CheckpointFile

RECIPE, MODELS, PARENTS = "sd_merge_recipe", "sd_merge_models", "modelspec.merged_from"
MARKS = ("is_inpainting", "is_instruct_pix2pix")
# hashes are of the file they are in; they would tell lies of another
NOT_COPIED = (
    "modelspec.hash_sha256",
    "sshs_model_hash",
    "sshs_legacy_hash",
    "ssmd_cover_images",
    "modelspec.thumbnail",
)

Parent = tuple[CheckpointFile, Source]


def metadata(
    request: MergeRequest, parents: Sequence[Parent], marks: Sequence[bool], places: Places, context: JobContext
) -> dict[str, str]:
    """The metadata of a merge of A, B and C; `marks` are whether it is an inpainting or pix2pix model.

    What tells how A has to be loaded is kept in any case. Raises BadRequest for metadata that are no JSON object.
    """
    own = _given(request.metadata)
    found: dict[str, str] = {}
    if request.save_metadata:
        for _, source in parents if request.copy_metadata else ():
            found.update({name: text for name, text in source.metadata.items() if name not in NOT_COPIED})
        found |= own
        if request.add_recipe:
            found |= _recipe(request, parents, dict(zip(MARKS, marks, strict=True)), places, context)
    kept = parents[0][1].model_facts
    return {**found, **{name: text for name, text in kept.items() if name not in own}, "format": "pt"}


def models(parents: Sequence[Parent], places: Places, context: JobContext) -> dict[str, str]:
    """The entries that name the parents."""
    known: dict[str, Any] = {}
    for file, source in parents:
        known[hashes.sha256(file.path, places, context)] = {
            "name": file.name,
            "legacy_hash": None if file.path.is_dir() else hashes.legacy(file.path),
            RECIPE: _json(source.metadata, RECIPE),
        }
        known.update(_json(source.metadata, MODELS) or {})
    names = ", ".join(file.short_name for file, _ in parents)
    return {MODELS: json.dumps(known, ensure_ascii=False), PARENTS: names}


def _recipe(
    request: MergeRequest, parents: Sequence[Parent], marks: Mapping[str, bool], places: Places, context: JobContext
) -> dict[str, str]:
    digests: list[str | None] = [hashes.sha256(file.path, places, context) for file, _ in parents]
    first, second, third = (*digests, None, None)[:3]
    recipe = {
        "type": "webui",
        "primary_model_hash": first,
        "secondary_model_hash": second,
        "tertiary_model_hash": third,
        "interp_method": request.method,
        "multiplier": request.multiplier,
        "save_as_half": request.precision == "fp16",
        "custom_name": request.name,
        "config_source": request.config_source,
        "bake_in_vae": request.bake_in_vae,
        "discard_weights": request.discard_weights,
        **marks,
    }
    if request.block_weights:
        recipe["block_weights"] = request.block_weights
    if request.precision != AS_THEY_ARE:
        recipe["precision"] = request.precision
    return {RECIPE: json.dumps(recipe, ensure_ascii=False), **models(parents, places, context)}


def _given(text: str) -> dict[str, str]:
    try:
        value = json.loads(text) if text.strip() else {}
    except (ValueError, RecursionError) as error:
        raise _no_metadata(str(error)) from error
    if not isinstance(value, dict):
        raise _no_metadata("")
    return {name: one if isinstance(one, str) else json.dumps(one, ensure_ascii=False) for name, one in value.items()}


def _no_metadata(details: str) -> BadRequest:
    return BadRequest("The metadata are no JSON object.", 'Write {{"name": "text"}}.', details=details)


def _json(metadata: Mapping[str, str], name: str) -> Any:
    try:
        value = json.loads(metadata[name])
    except (KeyError, ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None
