"""What samplers and schedule types are called in infotexts: the web UI's labels, and the names other programs use."""

from collections.abc import Mapping

# Label -> its names elsewhere: the web UI's API, NovelAI, ComfyUI, InvokeAI. Letter case does not matter.
SAMPLERS: Mapping[str, tuple[str, ...]] = {
    "DPM++ 2M": ("k_dpmpp_2m", "dpmpp_2m"),
    "DPM++ SDE": ("k_dpmpp_sde", "dpmpp_sde", "dpmpp_sde_gpu"),
    "DPM++ 2M SDE": ("k_dpmpp_2m_sde", "dpmpp_2m_sde", "dpmpp_2m_sde_gpu"),
    "DPM++ 2M SDE Heun": ("k_dpmpp_2m_sde_heun", "dpmpp_2m_sde_heun", "dpmpp_2m_sde_heun_gpu"),
    "DPM++ 2S a": ("k_dpmpp_2s_a", "k_dpmpp_2s_ancestral", "dpmpp_2s_ancestral", "dpmpp_2s_a"),
    "DPM++ 3M SDE": ("k_dpmpp_3m_sde", "dpmpp_3m_sde", "dpmpp_3m_sde_gpu"),
    "Euler a": ("k_euler_a", "k_euler_ancestral", "euler_a", "euler_ancestral"),
    "Euler": ("k_euler", "euler"),
    "LMS": ("k_lms", "lms"),
    "Heun": ("k_heun", "heun"),
    "DPM2": ("dpm2", "k_dpm_2", "dpm_2", "kdpm_2"),
    "DPM2 a": ("dpm2_a", "k_dpm_2_a", "k_dpm_2_ancestral", "dpm_2_ancestral", "kdpm_2_a"),
    "DPM fast": ("k_dpm_fast", "dpm_fast"),
    "DPM adaptive": ("k_dpm_ad", "k_dpm_adaptive", "dpm_adaptive"),
    "Restart": ("restart",),
    "DDIM": ("ddim",),
    "DDIM CFG++": ("ddim_cfgpp",),
    "PLMS": ("plms", "pndm"),
    "UniPC": ("unipc", "uni_pc", "k_unipc"),
    "LCM": ("k_lcm", "lcm"),
}
SCHEDULES: Mapping[str, tuple[str, ...]] = {
    "Automatic": (),
    "Uniform": (),
    "Karras": (),
    "Exponential": (),
    "Polyexponential": (),
    "SGM Uniform": ("SGMUniform", "sgm_uniform"),
    "KL Optimal": ("kl_optimal",),
    "Align Your Steps": ("align_your_steps", "ays"),
    "Simple": (),
    "Normal": (),
    "DDIM": ("ddim_uniform",),
    "Beta": (),
}


def _index(table: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    return {name.casefold(): label for label, others in table.items() for name in (*others, label)}


_SAMPLER_LABELS = _index(SAMPLERS)
_SCHEDULE_LABELS = _index(SCHEDULES)
_SHORT_ENDINGS = {"k": "Karras", "ka": "Karras", "exp": "Exponential"}  # InvokeAI's, and the web UI's before 1.9
_ENDINGS = sorted(_SCHEDULE_LABELS, key=len, reverse=True)


def sampler_label(name: str) -> str | None:
    """The web UI's label of a sampler by any of its names, None if there is none."""
    return _SAMPLER_LABELS.get(name.strip().casefold())


def schedule_label(name: str) -> str | None:
    """The web UI's label of a schedule type by any of its names, None if there is none."""
    return _SCHEDULE_LABELS.get(name.strip().casefold())


def split_sampler(name: str) -> tuple[str, str] | None:
    """Label and schedule label ("" if none is named) of names like "DPM++ 2M Karras", "k_dpmpp_2m" or "dpmpp_2m_k"."""
    if label := sampler_label(name):
        return label, ""
    folded = name.strip().casefold()
    stem, _, short = folded.rpartition("_")
    if short in _SHORT_ENDINGS and (label := sampler_label(stem)):
        return label, _SHORT_ENDINGS[short]
    for ending in _ENDINGS:
        if folded.endswith(f" {ending}") and (label := sampler_label(folded.removesuffix(ending))):
            return label, _SCHEDULE_LABELS[ending]
    return None
