"""Kinds of model files, recognised by the names of their tensors; the first row that matches counts."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ModelKind:
    """One kind: `mark` is a regular expression that finds a name only this kind has, `folder` is below models.

    `label` is how a sentence calls it ("{name} is a LoRA"), with its article.
    """

    name: str
    label: str
    mark: str
    folder: str = ""


MODEL_KINDS = (
    ModelKind("embedding", "an embedding", r"^(emb_params|string_to_param|clip_[lg])$", "embeddings"),
    ModelKind(
        "network",
        "a LoRA",
        r"\.(lora_(up|down|mid|A|B)\b|lora\.(up|down)\.|hada_w1_a|lokr_w[12]|oft_blocks|oft_diag|dora_scale)|^lora_(unet|te)",
        "Lora",
    ),
    ModelKind("adapter", "an IP-Adapter", r"^(ip_adapter|image_proj)\.", "ControlNet"),
    ModelKind(
        "control",
        "a ControlNet",
        r"^(control_model|controlnet_\w+|input_hint_block|zero_convs|adapter\.body|body\.\d+\.(resnets|block1))\.",
        "ControlNet",
    ),
    ModelKind("sd3", "a Stable Diffusion 3 model", r"\bjoint_blocks\.0\."),
    ModelKind("flux", "a Flux model", r"\bdouble_blocks\.0\.|\bsingle_transformer_blocks\.0\."),
    ModelKind("edm", "a Playground v2.5 model", r"^(edm_mean|edm_vpred\.sigma_max)$"),
    ModelKind("unclip", "an unCLIP model", r"^(noise_augmentor|embedder)\."),
    ModelKind("checkpoint", "a checkpoint", r"diffusion_model\.?input_blocks\.?0", "Stable-diffusion"),
    ModelKind("unet", "a U-Net alone, without text encoder", r"^(input_blocks\.0\.0|down_blocks\.0\.resnets)\."),
    ModelKind("other", "a model of another family", r"^model\.diffusion_model\.|^(transformer|double)_blocks\.0\."),
    ModelKind("vae", "a VAE", r"^(first_stage_model\.|vae\.)?decoder\.(conv_in|mid_block|mid)\.", "VAE"),
    ModelKind("text_encoder", "a text encoder", r"(^|\.)(token_embedding|resblocks\.0\.ln_1|shared)\.weight$"),
    ModelKind(
        "upscaler",
        "an upscaler",
        r"(^|\.)(conv_first\.weight|RDB1\.conv1\.0\.weight|rdb1\.conv1\.weight|upsampler?\.0\.weight)$"
        r"|^(params(_ema)?\.)?(model\.0\.weight|body\.0\.weight)$",
        "ESRGAN",
    ),
)  # fmt: skip
