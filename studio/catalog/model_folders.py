"""Folders in which programs of the field keep models, by what they are for."""

from dataclasses import dataclass

PICTURES = (".png", ".webp", ".avif")
PICKLES = (".pt", ".ckpt", ".pth", ".bin")


@dataclass(frozen=True)
class ModelFolder:
    """One use of folders: `names` below a program's models or top folder, in any letter case, `ends` of its files.

    The first name is where the studio puts such files itself; the names are also keys of ComfyUI's
    extra_model_paths.yaml.
    """

    name: str
    label: str
    names: tuple[str, ...]
    ends: tuple[str, ...] = (".safetensors", *PICKLES)


MODEL_FOLDERS = (
    ModelFolder("checkpoint", "Checkpoints", ("Stable-diffusion", "checkpoints"), (".safetensors", ".ckpt")),
    ModelFolder("vae", "VAEs", ("VAE",), (".safetensors", ".ckpt", ".pt")),
    ModelFolder("network", "LoRAs", ("Lora", "LyCORIS", "loras"), (".safetensors", ".pt", ".ckpt")),
    ModelFolder("embedding", "Embeddings", ("embeddings",), (".safetensors", ".pt", ".bin", *PICTURES)),
    ModelFolder("hypernetwork", "Hypernetworks", ("hypernetworks",), (".pt",)),
    ModelFolder(
        "control",
        "ControlNets",
        ("ControlNet", "extensions/sd-webui-controlnet/models", "t2i_adapter", "ipadapter", "style_models"),
    ),
    ModelFolder(
        "upscaler",
        "Upscalers",
        ("ESRGAN", "RealESRGAN", "SwinIR", "ScuNET", "LDSR", "DAT", "HAT", "upscale_models"),
    ),
    ModelFolder("restorer", "Face restoration", ("GFPGAN", "Codeformer", "facerestore_models")),
    ModelFolder("preview", "Preview decoders", ("VAE-approx", "VAE-taesd", "vae_approx")),
    ModelFolder("text_encoder", "Text encoders", ("text_encoder", "text_encoders", "clip")),
    ModelFolder("unet", "U-Nets and transformers", ("unet", "diffusion_models")),
)
