"""The whole generations that the web UI's API answered, and its payloads as requests of ours."""

import json
from pathlib import Path
from typing import Any

from studio.core.request import GenerateRequest, HiresFix

FOLDER = Path(__file__).parents[1] / "data/golden/e2e_tiny"
API_STRENGTH = 0.75  # what the API takes for the denoising strength where none is said
CASES = json.loads((FOLDER / "cases.json").read_text("utf-8"))["cases"]

FIELDS = {
    "prompt": "prompt",
    "negative_prompt": "negative_prompt",
    "seed": "seed",
    "steps": "steps",
    "width": "width",
    "height": "height",
    "cfg_scale": "cfg_scale",
    "sampler_name": "sampler",
    "scheduler": "schedule",
    "batch_size": "batch_size",
    "n_iter": "batch_count",
    "subseed": "variation_seed",
    "subseed_strength": "variation_strength",
    "seed_resize_from_w": "seed_resize_width",
    "seed_resize_from_h": "seed_resize_height",
    "s_min_uncond": "ngms",
    "s_churn": "s_churn",
    "s_tmin": "s_tmin",
    "s_tmax": "s_tmax",
    "s_noise": "s_noise",
    "tiling": "tiling",
}
OVERRIDES = {
    "emphasis": "emphasis",
    "CLIP_stop_at_last_layers": "clip_skip",
    "randn_source": "rng",
    "always_discard_next_to_last_sigma": "discard_penultimate",
    "eta_noise_seed_delta": "ensd",
    "tiling": "tiling",
    "sd_noise_schedule": "noise_schedule",
    "sgm_noise_multiplier": "sgm_noise_multiplier",
    "pad_cond_uncond": "pad_conds",
    "use_old_scheduling": "old_timelines",
    "s_min_uncond_all": "ngms_all_steps",
    "skip_early_cond": "skip_early_cfg",
    "comma_padding_backtrack": "comma_backtrack",
    "sdxl_clip_l_skip": "clip_skip_sdxl",
    "eta_ancestral": "eta",
    "eta_ddim": "eta_ddim",
    "s_min_uncond": "ngms",
    "s_churn": "s_churn",
    "s_tmin": "s_tmin",
    "s_tmax": "s_tmax",
    "s_noise": "s_noise",
    "sigma_min": "sigma_min",
    "sigma_max": "sigma_max",
    "rho": "rho",
    "beta_dist_alpha": "beta_alpha",
    "beta_dist_beta": "beta_beta",
    "uni_pc_variant": "uni_pc_variant",
    "uni_pc_skip_type": "uni_pc_skip_type",
    "uni_pc_order": "uni_pc_order",
    "uni_pc_lower_order_final": "uni_pc_lower_order_final",
}
HIRES = {
    "hr_upscaler": "upscaler",
    "hr_scale": "scale",
    "hr_resize_x": "width",
    "hr_resize_y": "height",
    "hr_second_pass_steps": "steps",
    "denoising_strength": "denoising_strength",
    "hr_prompt": "prompt",
    "hr_negative_prompt": "negative_prompt",
    "hr_sampler_name": "sampler",
    "hr_scheduler": "schedule",
}


def text_to_image() -> list[dict[str, Any]]:
    return [case for case in CASES if case["kind"] == "txt2img"]


def request(case: dict[str, Any]) -> GenerateRequest:
    payload = case["payload"]
    values = {field: payload[name] for name, field in FIELDS.items() if payload.get(name) is not None}
    values |= {OVERRIDES[name]: value for name, value in payload.get("override_settings", {}).items()}
    if payload.get("eta") is not None:  # one value, for whichever kind the sampler is
        values |= {"eta": payload["eta"]} if "DDIM" not in payload["sampler_name"] else {"eta_ddim": payload["eta"]}
    if payload.get("enable_hr"):
        said = {"denoising_strength": API_STRENGTH} | {name: payload[name] for name in HIRES if name in payload}
        values["hires"] = HiresFix(**{HIRES[name]: value for name, value in said.items() if value is not None})
    if case["name"].startswith("alias_"):  # the web UI's API took the first sampler for an old name: ours does not
        values["sampler"] = case["infotexts"][0].split("Sampler: ")[1].split(",")[0]
    return GenerateRequest(checkpoint=str(FOLDER / "models/tiny_sd15.safetensors"), **values)
