"""Kinds of model files, recognised by the names of their tensors; the first row that matches counts."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ModelKind:
    """One kind: `mark` is a regular expression that finds a name only this kind has, `folder` is below models.

    `label` is how a sentence calls it ("{name} is a LoRA"), with its article. `homes` are the rows of model_folders
    in which such files belong; () is the one of its own name.
    """

    name: str
    label: str
    mark: str
    folder: str = ""
    homes: tuple[str, ...] = ()


WHOLE = ("checkpoint", "unet")
MODEL_KINDS = (
    ModelKind("embedding", "an embedding", r"^(emb_params|string_to_param\..*|clip_[lg])$|\A<[^\n]*>\Z", "embeddings"),
    ModelKind("hypernetwork", "a hypernetwork", r"^\d+\.[01]\.linear\d?\.", "hypernetworks"),
    ModelKind("adapter", "an IP-Adapter", r"^(ip_adapter|image_proj)\.", "ControlNet", ("control",)),
    ModelKind(
        "control",
        "a ControlNet",
        r"^(control_model|controlnet_\w+|input_hint_block|zero_convs|adapter\.body"
        r"|body\.\d+\.(resnets|block1|in_conv))\.|^lora_controlnet$|^lllite_",
        "ControlNet",
    ),
    ModelKind(
        "network",
        "a LoRA",
        r"[._]lora\.(up|down)\.|\.(lora_(up|down|mid|A|B)\b|hada_w1_a|lokr_w[12]|oft_blocks|oft_diag|dora_scale"
        r"|[ab][12]\.weight$|on_input$|diff(_b)?$|[wb]_norm$)|^(lora|lycoris)_(unet|te|transformer)",
        "Lora",
    ),
    ModelKind("sd3", "a Stable Diffusion 3 model", r"\bjoint_blocks\.0\.", homes=WHOLE),
    ModelKind("flux", "a Flux model", r"\bdouble_blocks\.0\.|\bsingle_transformer_blocks\.0\.", homes=WHOLE),
    ModelKind("edm", "a Playground v2.5 model", r"^(edm_mean|edm_vpred\.sigma_max)$", homes=WHOLE),
    ModelKind("unclip", "an unCLIP model", r"^(noise_augmentor|embedder)\.", homes=WHOLE),
    ModelKind("upscaler", "an upscaler", r"^first_stage_model\.quantize\.", "ESRGAN"),
    ModelKind("checkpoint", "a checkpoint", r"diffusion_model\.?input_blocks\.?0|^unet\.conv_in\.", "Stable-diffusion"),
    ModelKind("unet", "a U-Net alone, without text encoder", r"^(input_blocks\.0\.0|down_blocks\.0\.resnets)\."),
    ModelKind(
        "other",
        "a model of another family",
        r"^model\.diffusion_model\.|^(transformer|double)_blocks\.0\.",
        homes=WHOLE,
    ),
    ModelKind(
        "restorer",
        "a face restorer",
        r"(^|\.)(stylegan_decoder(_?v2)?|idx_pred_layer)\.|(^|\.)decoder\.mid\.attn_1\.norm2\.",
        "GFPGAN",
    ),
    ModelKind(
        "face_finder", "a face finder", r"(^|\.)(ClassHead\.0|out_mask_conv|out_img_conv)\.", homes=("restorer",)
    ),
    ModelKind(
        "preview",
        "a preview decoder",
        r"^(taesd_)?((en|de)coder\.)?(layers\.)?[13]\.conv\.0\.weight$|^conv8\.weight$",
        "VAE-approx",
    ),
    ModelKind("vae", "a VAE", r"^(first_stage_model\.|vae\.)?decoder\.(conv_in|mid_block|mid)\.", "VAE"),
    ModelKind("text_encoder", "a text encoder", r"(^|\.)(token_embedding|resblocks\.0\.ln_1|shared)\.weight$"),
    ModelKind(
        "upscaler",
        "an upscaler",
        r"(^|\.)(conv_first\.weight|RDB1\.conv1\.0\.weight|rdb1\.conv1\.weight|upsampler?\.0\.weight|m_head\.0\.weight)$"
        r"|^(params(_ema)?\.)?(model\.0\.weight|body\.0\.weight|feats\.0\.weight|conv_1\.sk\.weight)$",
        "ESRGAN",
    ),
)
