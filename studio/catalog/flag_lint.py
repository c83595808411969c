"""What is dangerous, contradictory or in vain in a web UI's command line, as rows."""

from dataclasses import dataclass

DANGER, WARNING, NOTE = "danger", "warning", "note"
OPEN = ("--listen", "--share", "--ngrok", "--server-name")
PASSWORD = ("--gradio-auth", "--gradio-auth-path", "--auth", "--auth-file")
ATTENTIONS = (
    "--xformers", "--opt-sdp-attention", "--opt-sdp-no-mem-attention", "--opt-sub-quad-attention",
    "--opt-split-attention", "--opt-split-attention-v1", "--opt-split-attention-invokeai",
    "--disable-opt-split-attention",
)  # fmt: skip


@dataclass(frozen=True)
class LintRow:
    """Found when of each tuple in `given` a flag is there, none of `without`, and of `among` at least two.

    "--name=value" asks for that value too. `machine` is what must hold of it: "no_nvidia" or "exceeds" (the chosen
    tier is for larger cards). Texts have `{flags}`, the flags that were found.
    """

    key: str
    severity: str
    text: str
    remedy: str
    given: tuple[tuple[str, ...], ...] = ()
    without: tuple[str, ...] = ()
    among: tuple[str, ...] = ()
    machine: str = ""


def _row(
    key: str, severity: str, text: str, remedy: str, *given: tuple[str, ...], without: tuple[str, ...] = ()
) -> LintRow:
    return LintRow(key, severity, text, remedy, given, without)


FLAG_LINT = (
    _row("open_page", DANGER, "{flags}: everybody who reaches this machine can use the web UI, without a password.", "Set a user and a password.", OPEN, without=(*PASSWORD, "--nowebui")),
    _row("open_api", DANGER, "{flags}: every program that reaches this machine can use the API, without a password.", "Set a user and a password of the API.", OPEN, ("--api", "--nowebui"), without=("--api-auth",)),
    _row("open_extensions", DANGER, "{flags}: whoever opens the page can install programs on this machine.", "Leave the flag out and install extensions in the studio.", ("--enable-insecure-extension-access",)),
    _row("unsafe_models", DANGER, "{flags}: a model file can run anything on this machine.", "Leave the flag out and use .safetensors files.", ("--disable-safe-unpickle",)),
    _row("code", DANGER, "{flags}: the page can run any Python code.", "Leave the flag out unless you need that script.", ("--allow-code",)),
    _row("any_origin", DANGER, "{flags}: every web page you visit can use the API.", "Name the pages that may.", ("--cors-allow-origins=*", "--cors-allow-origins-regex=.*")),
    _row("whole_disk", DANGER, "{flags}: whoever opens the page can read every file of this machine.", "Name the one folder that is needed.", ("--gradio-allowed-path=/", "--gradio-allowed-path=C:\\", "--gradio-allowed-path=C:/")),
    LintRow("tier", WARNING, "The chosen graphics memory is more than this card has: pictures will fail for want of memory.", "Choose auto, or the tier of this card.", machine="exceeds"),
    LintRow("xformers_vendor", WARNING, "xFormers works with NVIDIA cards only, and there is none.", "Choose sub-quadratic or SDP attention.", given=(("--xformers", "--force-enable-xformers"),), machine="no_nvidia"),
    _row("low_and_medium", WARNING, "{flags} contradict each other: low memory wins.", "Keep one of them.", ("--lowvram",), ("--medvram", "--medvram-sdxl")),
    _row("medium_twice", NOTE, "{flags}: the second says nothing that the first does not.", "Keep one of them.", ("--medvram",), ("--medvram-sdxl",), without=("--lowvram",)),
    LintRow("attentions", WARNING, "{flags}: only one way to compute attention is used.", "Keep one of them.", among=ATTENTIONS),
    _row("full_without", WARNING, "{flags} without --no-half: the model stays in half precision and fails.", "Add --no-half, or leave the precision to the web UI.", ("--precision=full",), without=("--no-half",)),
    _row("half_and_full", WARNING, "{flags} contradict each other.", "Keep one of them.", ("--precision=half",), ("--no-half", "--no-half-vae", "--upcast-sampling")),
    _row("upcast_in_vain", NOTE, "{flags}: upcast sampling has no effect with a model in full precision.", "Keep one of them.", ("--upcast-sampling",), ("--no-half",)),
    _row("vae_in_vain", NOTE, "{flags}: with a model in full precision its VAE is so anyway.", "Leave --no-half-vae out.", ("--no-half-vae",), ("--no-half",)),
    _row("cpu_in_half", WARNING, "{flags}: the processor cannot compute in half precision.", "Add --no-half and --precision full.", ("--use-cpu=all",), without=("--no-half",)),
    _row("cpu_and_xformers", WARNING, "{flags}: xFormers needs the card.", "Leave xFormers out.", ("--use-cpu=all",), ("--xformers", "--force-enable-xformers")),
    _row("cpu_and_vram", NOTE, "{flags}: the processor needs no graphics memory.", "Leave the memory flag out.", ("--use-cpu=all",), ("--medvram", "--medvram-sdxl", "--lowvram")),
    _row("flash_alone", NOTE, "{flags} has no effect without xFormers.", "Add --xformers, or leave it out.", ("--xformers-flash-attention",), without=("--xformers", "--force-enable-xformers")),
    _row("chunks_alone", NOTE, "{flags} has no effect without sub-quadratic attention.", "Add --opt-sub-quad-attention, or leave it out.", ("--sub-quad-q-chunk-size", "--sub-quad-kv-chunk-size", "--sub-quad-chunk-threshold"), without=("--opt-sub-quad-attention",)),
    _row("late_model", NOTE, "{flags} has no effect while there is a page.", "Leave it out, or start without a page.", ("--skip-load-model-at-start",), without=("--nowebui",)),
    _row("api_flags_alone", NOTE, "{flags} has no effect without the API.", "Switch the API on, or leave it out.", ("--api-auth", "--api-log", "--api-server-stop", "--cors-allow-origins", "--cors-allow-origins-regex"), without=("--api", "--nowebui")),
    _row("page_flags_alone", NOTE, "{flags} has no effect without a page.", "Leave it out.", ("--gradio-auth", "--gradio-auth-path", "--theme", "--share", "--autolaunch"), ("--nowebui",)),
    _row("api_twice", NOTE, "{flags}: without a page the API is there anyway.", "Leave --api out.", ("--api",), ("--nowebui",)),
    _row("key_alone", WARNING, "{flags} without --tls-certfile: https needs both.", "Name the certificate as well.", ("--tls-keyfile",), without=("--tls-certfile",)),
    _row("certificate_alone", WARNING, "{flags} without --tls-keyfile: https needs both.", "Name the key as well.", ("--tls-certfile",), without=("--tls-keyfile",)),
    _row("two_addresses", NOTE, "{flags}: the address that is named is used.", "Keep one of them.", ("--listen",), ("--server-name",)),
    _row("two_links", WARNING, "{flags}: two public links at once.", "Keep one of them.", ("--share",), ("--ngrok",)),
    _row("browser", NOTE, "{flags}: the studio opens the browser itself.", "Leave it out; the switch is among the options.", ("--autolaunch",)),
    _row("no_nan_check", WARNING, "{flags}: a picture that failed is black without a word why.", "Leave it out.", ("--disable-nan-check",)),
    _row("no_cuda_test", WARNING, "{flags}: the card is not mended by this, pictures are made by the processor.", "Repair torch in the environment instead.", ("--skip-torch-cuda-test",), without=("--use-cpu",)),
    _row("reinstall_each", WARNING, "{flags}: gigabytes are installed again at every start.", "Leave it out once it has worked; the studio repairs packages too.", ("--reinstall-torch", "--reinstall-xformers")),
    _row("update_each", WARNING, "{flags}: an update that fails cannot be taken back.", "Update extensions in the studio.", ("--update-all-extensions",)),
    _row("test_mode", WARNING, "{flags}: pictures cannot be made in this mode.", "Leave it out.", ("--ui-debug-mode", "--test-server")),
    _row("ends", WARNING, "{flags}: the web UI ends instead of starting.", "Leave it out.", ("--exit", "--dump-sysinfo")),
    _row("extensions_twice", NOTE, "{flags}: the first leaves out what the second does, and more.", "Keep one of them.", ("--disable-all-extensions",), ("--disable-extra-extensions",)),
    _row("frozen", NOTE, "{flags}: settings cannot be changed in the page.", "Leave it out if you wonder why.", ("--freeze-settings",)),
    _row("unprepared", NOTE, "{flags}: packages that are missing stay missing.", "Leave it out if the start fails.", ("--skip-install", "--skip-prepare-environment")),
    _row("force_xformers", WARNING, "{flags}: xFormers is used even where it does not work.", "Use --xformers.", ("--force-enable-xformers",)),
    _row("channels_last", NOTE, "{flags}: slower on some cards.", "Compare the speed with and without.", ("--opt-channelslast",)),
    _row("lowram", NOTE, "{flags} saves main memory, not the card's.", "Leave it out unless RAM is short.", ("--lowram",)),
    _row("tls_unchecked", WARNING, "{flags}: connections are not checked.", "Use it for a certificate of your own only.", ("--disable-tls-verify",)),
)  # fmt: skip
# ruff: noqa: E501 - a row is a row

# Said of single arguments, by comparing them with the flags of the version.
UNKNOWN = (
    "unknown",
    WARNING,
    "{flags}: this version has no such flag and may refuse to start.",
    "Did you mean {close}?",
)
NO_VALUE = ("no_value", WARNING, "{flags} needs a value behind it.", "Add it.")
NOT_A_CHOICE = ("not_a_choice", WARNING, "{flags}: the value is none of {choices}.", "Choose one of them.")
NOT_A_NUMBER = ("not_a_number", WARNING, "{flags}: the value is not a number.", "Write a number.")
STRAY = ("stray", WARNING, "{flags} belongs to no flag.", "Put quotes around a value with spaces.")
TWICE = ("twice", NOTE, "{flags} is given more than once: the last counts.", "Keep one of them.")
EXCLUSIVE = ("exclusive", WARNING, "{flags} cannot be given together.", "Keep one of them.")
NO_OP = ("no_op", NOTE, "{flags} has no effect any more.", "Leave it out.")
PORT = ("port", WARNING, "{flags}: ports below 1024 need special rights.", "Choose a port from 1024 to 65535.")
NO_FLAG = ("no_flag", NOTE, "This version has no flag for the option “{option}”.", "It is left out at the start.")
SINGLE = (UNKNOWN, NO_VALUE, NOT_A_CHOICE, NOT_A_NUMBER, STRAY, TWICE, EXCLUSIVE, NO_OP, PORT, NO_FLAG)
