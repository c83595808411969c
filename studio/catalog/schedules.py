"""The schedule types of AUTOMATIC1111 1.10.1: how the noise levels of a run are spaced."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Schedule:
    """`function` names `module:function` below studio.engine; "" is Automatic, which the sampler decides.

    `rho` is the curve's default where it has one; `needs_model` marks those that read the model's own sigma table.
    """

    name: str
    label: str
    function: str = ""
    aliases: tuple[str, ...] = ()
    rho: float | None = None
    needs_model: bool = False


SCHEDULES = (
    Schedule("automatic", "Automatic"),
    Schedule("uniform", "Uniform", "sigmas:uniform", needs_model=True),
    Schedule("karras", "Karras", "sigmas:karras", rho=7.0),
    Schedule("exponential", "Exponential", "sigmas:exponential"),
    Schedule("polyexponential", "Polyexponential", "sigmas:polyexponential", rho=1.0),
    Schedule("sgm_uniform", "SGM Uniform", "sigmas:sgm_uniform", ("SGMUniform",), needs_model=True),
    Schedule("kl_optimal", "KL Optimal", "sigmas:kl_optimal"),
    Schedule("align_your_steps", "Align Your Steps", "sigmas:align_your_steps"),
    Schedule("simple", "Simple", "sigmas:simple", needs_model=True),
    Schedule("normal", "Normal", "sigmas:normal", needs_model=True),
    Schedule("ddim", "DDIM", "sigmas:ddim", needs_model=True),
    Schedule("beta", "Beta", "sigmas:beta", needs_model=True),
)
