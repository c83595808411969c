"""What can be asked of the engine: frozen records in the web UI's vocabulary.

Every field that changes the picture is here and in the picture's infotext. Limits, titles and help live on the
field; forms, command-line options and API schemas are made from them (studio.core.option).
"""

from studio.core.option import Record, option

MODEL, PROMPT, SAMPLING, SIZE, SEED, HIRES, REFINER = "model", "prompt", "sampling", "size", "seed", "hires", "refiner"


class HiresFix(Record):
    """A second pass at a larger size over the first pass's picture (web UI: Hires. fix)."""

    upscaler: str = option(
        "Latent",
        "Upscaler",
        "How the picture is enlarged before the second pass: latent ones invent more detail and need a denoising"
        " strength above 0.5, pixel ones stay closer to the first picture.",
        section=HIRES,
        infotext="Hires upscaler",
        choices="upscalers",
    )
    scale: float = option(
        2.0,
        "Upscale by",
        "How many times larger each side becomes.",
        ge=1,
        le=8,
        step=0.05,
        slider=(1, 4),
        section=HIRES,
        infotext="Hires upscale",
    )
    width: int = option(
        0,
        "Resize width to",
        "Exact width of the result; 0 follows the height or, with both 0, the factor.",
        ge=0,
        le=16384,
        step=8,
        slider=(0, 4096),
        section=HIRES,
    )
    height: int = option(
        0,
        "Resize height to",
        "Exact height of the result; 0 follows the width or, with both 0, the factor.",
        ge=0,
        le=16384,
        step=8,
        slider=(0, 4096),
        section=HIRES,
    )
    steps: int = option(
        0,
        "Hires steps",
        "Steps of the second pass; 0 takes as many as the first.",
        ge=0,
        le=1000,
        slider=(0, 150),
        section=HIRES,
        infotext="Hires steps",
    )
    denoising_strength: float = option(
        0.7,
        "Denoising strength",
        "How much of the enlarged picture is painted anew: 0 keeps it, 1 ignores it.",
        ge=0,
        le=1,
        step=0.01,
        section=HIRES,
        infotext="Denoising strength",
    )
    checkpoint: str = option(
        "",
        "Hires checkpoint",
        "Another model for the second pass; empty uses the same.",
        section=HIRES,
        infotext="Hires checkpoint",
        choices="checkpoints",
        advanced=True,
    )
    sampler: str = option(
        "",
        "Hires sampler",
        "Another sampling method for the second pass; empty uses the same.",
        section=HIRES,
        infotext="Hires sampler",
        choices="samplers",
        advanced=True,
    )
    schedule: str = option(
        "",
        "Hires schedule type",
        "Another spacing of noise levels for the second pass; empty uses the same.",
        section=HIRES,
        infotext="Hires schedule type",
        choices="schedules",
        advanced=True,
    )
    prompt: str = option(
        "",
        "Hires prompt",
        "Another prompt for the second pass; empty uses the same.",
        section=HIRES,
        infotext="Hires prompt",
        multiline=True,
        advanced=True,
    )
    negative_prompt: str = option(
        "",
        "Hires negative prompt",
        "Another negative prompt for the second pass; empty uses the same.",
        section=HIRES,
        infotext="Hires negative prompt",
        multiline=True,
        advanced=True,
    )


class Refiner(Record):
    """A second checkpoint that takes over part of the way (web UI: Refiner)."""

    checkpoint: str = option(
        "",
        "Refiner checkpoint",
        "The model that finishes the picture.",
        section=REFINER,
        infotext="Refiner",
        choices="checkpoints",
    )
    switch_at: float = option(
        0.8,
        "Switch at",
        "The part of the noise schedule after which the refiner takes over.",
        ge=0.01,
        le=1,
        step=0.01,
        section=REFINER,
        infotext="Refiner switch at",
    )
    hires: str = option(
        "second pass",
        "Refiner in hires fix",
        "Which pass the refiner takes part in when hires fix is on.",
        section=REFINER,
        infotext="Hires refiner",
        choices=("first pass", "second pass", "both passes"),
        advanced=True,
    )


class GenerateRequest(Record):
    """A whole order: text to pictures, `batch_count` times `batch_size` of them."""

    checkpoint: str = option(
        "",
        "Checkpoint",
        "The model that paints. Empty takes the first one found.",
        section=MODEL,
        infotext="Model",
        choices="checkpoints",
    )
    vae: str = option(
        "Automatic",
        "VAE",
        "What turns the model's latents into pixels: Automatic takes a file named like the checkpoint, else the one"
        " inside it.",
        section=MODEL,
        infotext="VAE",
        choices="vaes",
    )
    clip_skip: int = option(
        1,
        "Clip skip",
        "How many last layers of the text encoder are left out; many anime models want 2.",
        ge=1,
        le=12,
        section=MODEL,
        infotext="Clip skip",
    )
    prompt: str = option(
        "",
        "Prompt",
        "What the picture shows. (word:1.2) weighs, [a:b:0.5] changes half-way, AND joins, BREAK parts.",
        section=PROMPT,
        multiline=True,
    )
    negative_prompt: str = option("", "Negative prompt", "What the picture avoids.", section=PROMPT, multiline=True)
    styles: tuple[str, ...] = option(
        (), "Styles", "Saved pieces of prompt that are added to yours.", section=PROMPT, choices="styles"
    )
    wildcards: bool = option(
        True,
        "Wildcards",
        "Replaces __name__ and {a|b} by a random choice, anew for each picture.",
        section=PROMPT,
        infotext="Wildcards",
        advanced=True,
    )
    template: str = option(
        "",
        "Template",
        "The prompt before its wildcards were replaced.",
        section=PROMPT,
        infotext="Template",
        hidden=True,
    )
    negative_template: str = option(
        "",
        "Negative template",
        "The negative prompt before its wildcards were replaced.",
        section=PROMPT,
        infotext="Negative Template",
        hidden=True,
    )
    sampler: str = option(
        "DPM++ 2M",
        "Sampling method",
        "How each step is made. Euler a and DPM++ 2M are good first choices.",
        section=SAMPLING,
        infotext="Sampler",
        choices="samplers",
    )
    schedule: str = option(
        "Automatic",
        "Schedule type",
        "How the noise levels are spaced; Automatic takes what suits the method.",
        section=SAMPLING,
        infotext="Schedule type",
        choices="schedules",
    )
    steps: int = option(
        20,
        "Sampling steps",
        "More steps take longer; beyond 30 little changes.",
        ge=1,
        le=1000,
        slider=(1, 150),
        section=SAMPLING,
        infotext="Steps",
    )
    cfg_scale: float = option(
        7.0,
        "CFG scale",
        "How strictly the picture follows the prompt; too high burns colours.",
        ge=0,
        le=100,
        step=0.5,
        slider=(1, 30),
        section=SAMPLING,
        infotext="CFG scale",
    )
    width: int = option(
        512,
        "Width",
        "Width of the picture in pixels, a multiple of 8.",
        ge=8,
        le=16384,
        step=8,
        slider=(64, 2048),
        section=SIZE,
    )
    height: int = option(
        512,
        "Height",
        "Height of the picture in pixels, a multiple of 8.",
        ge=8,
        le=16384,
        step=8,
        slider=(64, 2048),
        section=SIZE,
    )
    batch_count: int = option(
        1,
        "Batch count",
        "How many batches are made, one after the other.",
        ge=1,
        le=10000,
        slider=(1, 100),
        section=SIZE,
        infotext="Batch count",
    )
    batch_size: int = option(
        1,
        "Batch size",
        "How many pictures are made at once; needs more VRAM.",
        ge=1,
        le=64,
        slider=(1, 8),
        section=SIZE,
        infotext="Batch size",
    )
    seed: int = option(
        -1,
        "Seed",
        "The number the noise grows from; the same seed gives the same picture. -1 is a new one each time.",
        ge=-1,
        le=2**64 - 1,
        section=SEED,
        infotext="Seed",
    )
    variation_seed: int = option(
        -1,
        "Variation seed",
        "A second seed that is mixed into the first.",
        ge=-1,
        le=2**64 - 1,
        section=SEED,
        infotext="Variation seed",
        advanced=True,
    )
    variation_strength: float = option(
        0.0,
        "Variation strength",
        "How much of the second seed is mixed in: small values vary the picture slightly.",
        ge=0,
        le=1,
        step=0.01,
        section=SEED,
        infotext="Variation seed strength",
        advanced=True,
    )
    seed_resize_width: int = option(
        0,
        "Resize seed from width",
        "Keeps the composition that the seed has at this width.",
        ge=0,
        le=16384,
        step=8,
        slider=(0, 2048),
        section=SEED,
        advanced=True,
    )
    seed_resize_height: int = option(
        0,
        "Resize seed from height",
        "Keeps the composition that the seed has at this height.",
        ge=0,
        le=16384,
        step=8,
        slider=(0, 2048),
        section=SEED,
        advanced=True,
    )
    rng: str = option(
        "GPU",
        "Random numbers from",
        "Where noise is drawn. GPU differs between cards, CPU and NV are the same everywhere; NV equals an NVIDIA"
        " card's.",
        section=SEED,
        infotext="RNG",
        choices=("GPU", "CPU", "NV"),
        advanced=True,
    )
    ensd: int = option(
        0,
        "Eta noise seed delta",
        "Added to the seed for the noise of ancestral methods; NovelAI uses 31337.",
        ge=-(2**53),
        le=2**53,
        section=SEED,
        infotext="ENSD",
        advanced=True,
    )
    emphasis: str = option(
        "Original",
        "Emphasis mode",
        "How (word:1.2) acts on the text's embedding.",
        section=SAMPLING,
        infotext="Emphasis",
        choices=("Original", "No norm", "Ignore", "None"),
        advanced=True,
    )
    comma_backtrack: int = option(
        20,
        "Comma backtrack",
        "How many tokens before the end of a 75-token chunk a comma may start the next chunk.",
        ge=0,
        le=74,
        section=SAMPLING,
        infotext="Comma backtrack",
        advanced=True,
    )
    old_timelines: bool = option(
        False,
        "Old prompt editing timelines",
        "Reads [a:b:when] as web UIs before 1.6 did.",
        section=SAMPLING,
        infotext="Old prompt editing timelines",
        advanced=True,
    )
    pad_conds: bool = option(
        False,
        "Pad prompt and negative prompt to the same length",
        "Makes prompts of different length run together, which is faster and changes the picture slightly.",
        section=SAMPLING,
        infotext="Pad conds",
        advanced=True,
    )
    clip_skip_sdxl: bool = option(
        False,
        "Clip skip for SDXL",
        "Lets clip skip act on SDXL models too.",
        section=MODEL,
        infotext="Clip skip SDXL",
        advanced=True,
    )
    tiling: bool = option(
        False, "Tiling", "Makes a picture that can be laid edge to edge.", section=SAMPLING, infotext="Tiling"
    )
    eta: float = option(
        1.0,
        "Eta",
        "How much fresh noise ancestral methods add at each step.",
        ge=0,
        le=1,
        step=0.01,
        section=SAMPLING,
        infotext="Eta",
        advanced=True,
    )
    eta_ddim: float = option(
        0.0,
        "Eta for DDIM",
        "How much fresh noise DDIM adds at each step.",
        ge=0,
        le=1,
        step=0.01,
        section=SAMPLING,
        infotext="Eta DDIM",
        advanced=True,
    )
    s_churn: float = option(
        0.0,
        "Sigma churn",
        "Extra noise of Euler, Heun and DPM2 at each step.",
        ge=0,
        le=100,
        step=0.01,
        section=SAMPLING,
        infotext="Sigma churn",
        advanced=True,
    )
    s_tmin: float = option(
        0.0,
        "Sigma tmin",
        "Noise level below which churn stops.",
        ge=0,
        le=10,
        step=0.01,
        section=SAMPLING,
        infotext="Sigma tmin",
        advanced=True,
    )
    s_tmax: float = option(
        0.0,
        "Sigma tmax",
        "Noise level above which churn stops; 0 is no limit.",
        ge=0,
        le=999,
        step=0.01,
        section=SAMPLING,
        infotext="Sigma tmax",
        advanced=True,
    )
    s_noise: float = option(
        1.0,
        "Sigma noise",
        "Strength of the noise that is added while sampling.",
        ge=0,
        le=1.1,
        step=0.001,
        section=SAMPLING,
        infotext="Sigma noise",
        advanced=True,
    )
    sigma_min: float = option(
        0.0,
        "Schedule min sigma",
        "Lowest noise level of the schedule; 0 takes the model's.",
        ge=0,
        le=1000,
        step=0.01,
        section=SAMPLING,
        infotext="Schedule min sigma",
        advanced=True,
    )
    sigma_max: float = option(
        0.0,
        "Schedule max sigma",
        "Highest noise level of the schedule; 0 takes the model's.",
        ge=0,
        le=1000,
        step=0.01,
        section=SAMPLING,
        infotext="Schedule max sigma",
        advanced=True,
    )
    rho: float = option(
        0.0,
        "Schedule rho",
        "Curve of the Karras and Polyexponential schedules; 0 takes their own.",
        ge=0,
        le=100,
        step=0.01,
        section=SAMPLING,
        infotext="Schedule rho",
        advanced=True,
    )
    beta_alpha: float = option(
        0.6,
        "Beta schedule alpha",
        "First parameter of the Beta schedule.",
        ge=0.01,
        le=10,
        step=0.01,
        section=SAMPLING,
        infotext="Beta scheduler alpha",
        advanced=True,
    )
    beta_beta: float = option(
        0.6,
        "Beta schedule beta",
        "Second parameter of the Beta schedule.",
        ge=0.01,
        le=10,
        step=0.01,
        section=SAMPLING,
        infotext="Beta scheduler beta",
        advanced=True,
    )
    discard_penultimate: bool = option(
        False,
        "Always discard next-to-last sigma",
        "Leaves out the last but one noise level with every method.",
        section=SAMPLING,
        infotext="Discard penultimate sigma",
        advanced=True,
    )
    sgm_noise_multiplier: bool = option(
        False,
        "SGM noise multiplier",
        "Scales the first noise as SDXL's own code does.",
        section=SAMPLING,
        infotext="SGM noise multiplier",
        advanced=True,
    )
    ngms: float = option(
        0.0,
        "Negative guidance minimum sigma",
        "Leaves the negative prompt out of every other step below this noise level: faster.",
        ge=0,
        le=15,
        step=0.01,
        section=SAMPLING,
        infotext="NGMS",
        advanced=True,
    )
    ngms_all_steps: bool = option(
        False,
        "Negative guidance minimum sigma for all steps",
        "Leaves the negative prompt out of every step below the level, not of every other.",
        section=SAMPLING,
        infotext="NGMS all steps",
        advanced=True,
    )
    skip_early_cfg: float = option(
        0.0,
        "Skip CFG in early steps",
        "The part of the steps at the start that are made without guidance: faster, more varied.",
        ge=0,
        le=1,
        step=0.01,
        section=SAMPLING,
        infotext="Skip Early CFG",
        advanced=True,
    )
    cfg_rescale: float = option(
        0.0,
        "CFG rescale",
        "Draws contrast back to what the prompt alone would give; for v-prediction models 0.7.",
        ge=0,
        le=1,
        step=0.01,
        section=SAMPLING,
        infotext="CFG rescale",
        advanced=True,
    )
    noise_schedule: str = option(
        "Default",
        "Noise schedule",
        "Zero Terminal SNR lets models that were trained for it paint truly black and white.",
        section=SAMPLING,
        infotext="Noise Schedule",
        choices=("Default", "Zero Terminal SNR"),
        advanced=True,
    )
    uni_pc_variant: str = option(
        "bh1",
        "UniPC variant",
        "Which of UniPC's formulas is used.",
        section=SAMPLING,
        infotext="UniPC variant",
        choices=("bh1", "bh2", "vary_coeff"),
        advanced=True,
    )
    uni_pc_skip_type: str = option(
        "time_uniform",
        "UniPC skip type",
        "How UniPC spaces its steps.",
        section=SAMPLING,
        infotext="UniPC skip type",
        choices=("time_uniform", "time_quadratic", "logSNR"),
        advanced=True,
    )
    uni_pc_order: int = option(
        3,
        "UniPC order",
        "How many earlier steps UniPC looks back at; at most the number of steps less one.",
        ge=1,
        le=50,
        section=SAMPLING,
        infotext="UniPC order",
        advanced=True,
    )
    uni_pc_lower_order_final: bool = option(
        True,
        "UniPC lower order final",
        "Looks back less in the last steps, which steadies short runs.",
        section=SAMPLING,
        infotext="UniPC lower order final",
        advanced=True,
    )
    hires: HiresFix | None = None
    refiner: Refiner | None = None

    @property
    def image_count(self) -> int:
        """How many pictures this order makes."""
        return self.batch_count * self.batch_size
