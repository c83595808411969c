"""The samplers of AUTOMATIC1111 1.10.1, in its order and with its names."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Sampler:
    """How a step is made.

    `function` names `module:function` below studio.engine.samplers. `schedule` is what Automatic means for it.
    `kind` says what it runs over: "sigma" (a schedule's sigmas), "span" (levels of its own choice between the highest
    and lowest), "timestep" (the web UI's grid of timesteps, whatever the schedule) or "consistency" (the few levels
    of LCM models). `cfgpp` marks a method that steers by the unconditional prediction. `options` names the request's
    fields the function takes.
    """

    name: str
    label: str
    function: str
    aliases: tuple[str, ...] = ()
    schedule: str = ""
    kind: str = "sigma"
    second_order: bool = False
    brownian: bool = False
    uses_ensd: bool = False
    discard_penultimate: bool = False
    solver_type: str = ""
    cfgpp: bool = False
    options: tuple[str, ...] = ()


CHURN = ("s_churn", "s_tmin", "s_tmax", "s_noise")
ANCESTRAL = ("eta", "s_noise")
UNI_PC = ("uni_pc_variant", "uni_pc_order", "uni_pc_lower_order_final")

SAMPLERS = (
    Sampler("dpmpp_2m", "DPM++ 2M", "dpmpp:sample_dpmpp_2m", ("k_dpmpp_2m",), "karras"),
    Sampler(
        "dpmpp_sde", "DPM++ SDE", "dpmpp:sample_dpmpp_sde", ("k_dpmpp_sde",), "karras",
        second_order=True, brownian=True, options=ANCESTRAL,
    ),
    Sampler(
        "dpmpp_2m_sde", "DPM++ 2M SDE", "dpmpp:sample_dpmpp_2m_sde", ("k_dpmpp_2m_sde",), "exponential",
        brownian=True, options=ANCESTRAL,
    ),
    Sampler(
        "dpmpp_2m_sde_heun", "DPM++ 2M SDE Heun", "dpmpp:sample_dpmpp_2m_sde", ("k_dpmpp_2m_sde_heun",), "exponential",
        brownian=True, solver_type="heun", options=ANCESTRAL,
    ),
    Sampler(
        "dpmpp_2s_a", "DPM++ 2S a", "dpmpp:sample_dpmpp_2s_ancestral", ("k_dpmpp_2s_a",), "karras",
        second_order=True, uses_ensd=True, options=ANCESTRAL,
    ),
    Sampler(
        "dpmpp_3m_sde", "DPM++ 3M SDE", "dpmpp:sample_dpmpp_3m_sde", ("k_dpmpp_3m_sde",), "exponential",
        brownian=True, discard_penultimate=True, options=ANCESTRAL,
    ),
    Sampler(
        "euler_a", "Euler a", "euler:sample_euler_ancestral", ("k_euler_a", "k_euler_ancestral"),
        uses_ensd=True, options=("eta",),
    ),
    Sampler("euler", "Euler", "euler:sample_euler", ("k_euler",), options=CHURN),
    Sampler("lms", "LMS", "lms:sample_lms", ("k_lms",)),
    Sampler("heun", "Heun", "heun:sample_heun", ("k_heun",), second_order=True, options=CHURN),
    Sampler(
        "dpm2", "DPM2", "dpm2:sample_dpm_2", ("k_dpm_2",), "karras",
        second_order=True, discard_penultimate=True, options=CHURN,
    ),
    Sampler(
        "dpm2_a", "DPM2 a", "dpm2:sample_dpm_2_ancestral", ("k_dpm_2_a",), "karras",
        second_order=True, discard_penultimate=True, uses_ensd=True, options=ANCESTRAL,
    ),
    Sampler(
        "dpm_fast", "DPM fast", "dpm_solver:sample_dpm_fast", ("k_dpm_fast",),
        kind="span", uses_ensd=True, options=ANCESTRAL,
    ),
    Sampler(
        "dpm_adaptive", "DPM adaptive", "dpm_solver:sample_dpm_adaptive", ("k_dpm_ad",),
        kind="span", uses_ensd=True, options=("eta",),
    ),
    Sampler("restart", "Restart", "restart:sample_restart", ("restart",), "karras", second_order=True),
    Sampler("ddim", "DDIM", "timestep:sample_ddim", ("ddim",), kind="timestep", options=("eta_ddim",)),
    Sampler(
        "ddim_cfgpp", "DDIM CFG++", "timestep:sample_ddim_cfgpp", ("ddim_cfgpp",),
        kind="timestep", cfgpp=True, options=("eta_ddim",),
    ),
    Sampler("plms", "PLMS", "timestep:sample_plms", ("plms",), kind="timestep"),
    Sampler("unipc", "UniPC", "unipc:sample_unipc", ("unipc",), kind="timestep", options=UNI_PC),
    Sampler("lcm", "LCM", "lcm:sample_lcm", ("k_lcm",), kind="consistency"),
)  # fmt: skip
