"""The configuration folder by which diffusers' own `from_single_file` reads the pocket model."""

import json
from pathlib import Path

import diffusers

from studio.core.files import write_atomically
from studio.training.pocket import nets
from studio.training.pocket.export import SCALING_FACTOR
from studio.training.pocket.recipe import Recipe

PIPELINE = {
    "_class_name": "StableDiffusionPipeline",
    "unet": ["diffusers", "UNet2DConditionModel"],
    "vae": ["diffusers", "AutoencoderKL"],
    "text_encoder": ["transformers", "CLIPTextModel"],
    "tokenizer": ["transformers", "CLIPTokenizer"],
    "scheduler": ["diffusers", "EulerDiscreteScheduler"],
    "safety_checker": [None, None],
    "feature_extractor": [None, None],
}
SCHEDULER = {
    "_class_name": "EulerDiscreteScheduler",
    "beta_start": 0.00085,
    "beta_end": 0.012,
    "beta_schedule": "scaled_linear",
    "num_train_timesteps": 1000,
    "prediction_type": "v_prediction",
    "rescale_betas_zero_snr": True,
    "timestep_spacing": "trailing",
    "steps_offset": 1,
}


def write(recipe: Recipe, folder: Path) -> Path:
    """Write the folder, without a tokenizer: it is CLIP's, and the caller gives it. Raises FileProblem, DiskFull."""
    vae, unet, text = nets.vae(recipe), nets.unet(recipe), nets.text_encoder(recipe)
    vae.register_to_config(scaling_factor=SCALING_FACTOR)
    files = {
        "model_index.json": {**PIPELINE, "_diffusers_version": diffusers.__version__},
        "unet/config.json": json.loads(unet.to_json_string()),
        "vae/config.json": json.loads(vae.to_json_string()),
        "text_encoder/config.json": json.loads(text.config.to_json_string()),
        "scheduler/scheduler_config.json": SCHEDULER,
    }  # fmt: skip
    for name, table in files.items():
        write_atomically(folder / name, (json.dumps(table, indent=2) + "\n").encode())
    return folder
