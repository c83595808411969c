"""What is known of the web UIs' flags: level, group, title and help in plain words, tiers of memory, ways to write options.

A version's own flags are read from its source (studio.launcher.flags); these rows say more about some of them.
"""

from dataclasses import dataclass

SIMPLE, ADVANCED, EXPERT = "simple", "advanced", "expert"
MEMORY, PRECISION, ATTENTION, DEVICE = "memory", "precision", "attention", "device"
NETWORK, PROGRAMS, START, FOLDERS, PAGE, SAFETY = "network", "programs", "start", "folders", "page", "safety"

GROUP_TITLES = {
    MEMORY: "Memory and speed",
    PRECISION: "Precision",
    ATTENTION: "Attention",
    DEVICE: "Device",
    NETWORK: "Network",
    PROGRAMS: "Access for programs",
    START: "Start",
    FOLDERS: "Folders",
    PAGE: "Page",
    SAFETY: "Safety",
}
LEVEL_TITLES = {SIMPLE: "Beginner", ADVANCED: "Advanced", EXPERT: "Expert"}
NO_EFFECT = "Has no effect any more; it is only accepted so that old command lines still start."


@dataclass(frozen=True)
class KnownFlag:
    """One flag that is explained. `is_no_op`: the web UI takes it and does nothing."""

    name: str
    level: str
    group: str
    title: str
    help: str
    is_no_op: bool = False


def _no_op(name: str) -> KnownFlag:
    return KnownFlag(name, EXPERT, SAFETY, "Without effect", NO_EFFECT, is_no_op=True)


KNOWN_FLAGS = (
    KnownFlag("--medvram", SIMPLE, MEMORY, "Medium memory", "Only one part of the model is on the card at a time: a little slower, for cards with 4 to 8 GB."),
    KnownFlag("--medvram-sdxl", SIMPLE, MEMORY, "Medium memory for SDXL", "As medium memory, but for SDXL models only; for cards with 8 to 12 GB."),
    KnownFlag("--lowvram", SIMPLE, MEMORY, "Low memory", "The network comes to the card piece by piece: very slow, for cards under 4 GB."),
    KnownFlag("--lowram", ADVANCED, MEMORY, "Load straight to the card", "Saves main memory, not the card's: for machines with little RAM and a large card."),
    KnownFlag("--opt-channelslast", ADVANCED, MEMORY, "Channels last", "Another order of pixels in memory; faster on some cards, slower on others."),
    KnownFlag("--disable-model-loading-ram-optimization", EXPERT, MEMORY, "Load models the old way", "Needs more RAM while loading; helps where the new way fails."),
    KnownFlag("--no-half", ADVANCED, PRECISION, "Model in full precision", "Twice the memory and slower; for cards that cannot compute in half precision."),
    KnownFlag("--no-half-vae", SIMPLE, PRECISION, "VAE in full precision", "Helps against black pictures at the last step; costs some memory."),
    KnownFlag("--upcast-sampling", ADVANCED, PRECISION, "Upcast sampling", "Computes the sampling in full precision: mends some cards at a lower price than a model in full precision."),
    KnownFlag("--precision", ADVANCED, PRECISION, "Precision", "autocast chooses by itself; full computes everything in full precision, half everything in half."),
    KnownFlag("--disable-nan-check", EXPERT, PRECISION, "Do not look for broken numbers", "A picture that failed is then black without a word why."),
    KnownFlag("--xformers", SIMPLE, ATTENTION, "xFormers", "Fast attention with little memory for NVIDIA cards; installs the package if it is missing."),
    KnownFlag("--force-enable-xformers", EXPERT, ATTENTION, "Force xFormers", "Uses xFormers even where the web UI thinks that it does not work."),
    KnownFlag("--xformers-flash-attention", EXPERT, ATTENTION, "xFormers with flash attention", "Makes results repeatable; for SD 2.x models."),
    KnownFlag("--opt-sdp-attention", SIMPLE, ATTENTION, "SDP attention", "Torch's own fast attention; the same seed may differ a little from time to time."),
    KnownFlag("--opt-sdp-no-mem-attention", ADVANCED, ATTENTION, "SDP attention, repeatable", "As SDP, with the same result each time and somewhat more memory."),
    KnownFlag("--opt-sub-quad-attention", SIMPLE, ATTENTION, "Sub-quadratic attention", "Slower with little memory; for AMD cards, Apple and large pictures."),
    KnownFlag("--opt-split-attention", ADVANCED, ATTENTION, "Doggettx attention", "Attention in pieces, the default where nothing faster is there."),
    KnownFlag("--opt-split-attention-v1", EXPERT, ATTENTION, "Split attention v1", "The older attention in pieces; needs the least memory."),
    KnownFlag("--opt-split-attention-invokeai", EXPERT, ATTENTION, "InvokeAI attention", "Attention as InvokeAI does it; good on Apple machines."),
    KnownFlag("--disable-opt-split-attention", EXPERT, ATTENTION, "Plain attention", "Attention without any optimization: needs the most memory."),
    KnownFlag("--sub-quad-q-chunk-size", EXPERT, ATTENTION, "Size of query chunks", "For sub-quadratic attention; smaller needs less memory and is slower."),
    KnownFlag("--sub-quad-kv-chunk-size", EXPERT, ATTENTION, "Size of key chunks", "For sub-quadratic attention; smaller needs less memory and is slower."),
    KnownFlag("--sub-quad-chunk-threshold", EXPERT, ATTENTION, "Memory before chunks", "Percentage of the card's memory from which sub-quadratic attention works in chunks."),
    KnownFlag("--device-id", ADVANCED, DEVICE, "Number of the card", "Which card is used, counted from 0."),
    KnownFlag("--use-cpu", ADVANCED, DEVICE, "Use the processor", "The parts named here are computed by the processor; all means everything and takes minutes per picture."),
    KnownFlag("--use-ipex", ADVANCED, DEVICE, "Intel cards", "Uses Intel's graphics cards."),
    KnownFlag("--skip-torch-cuda-test", EXPERT, DEVICE, "Skip the test of the card", "Starts although torch sees no card; the cause stays, and pictures are made by the processor."),
    KnownFlag("--listen", SIMPLE, NETWORK, "Open to the local network", "Other machines can use the web UI; set a password."),
    KnownFlag("--server-name", ADVANCED, NETWORK, "Address to listen at", "One address or name of this machine; stands instead of opening to all."),
    KnownFlag("--port", SIMPLE, NETWORK, "Port", "The number behind the colon in the web UI's address."),
    KnownFlag("--share", ADVANCED, NETWORK, "Public link", "Everybody on the internet who knows the link can use the web UI; set a password."),
    KnownFlag("--ngrok", EXPERT, NETWORK, "ngrok token", "Makes the web UI public through ngrok."),
    KnownFlag("--subpath", EXPERT, NETWORK, "Path below the address", "For a reverse proxy."),
    KnownFlag("--tls-keyfile", EXPERT, NETWORK, "Key of the certificate", "For https; goes together with the certificate."),
    KnownFlag("--tls-certfile", EXPERT, NETWORK, "Certificate", "For https; goes together with its key."),
    KnownFlag("--disable-tls-verify", EXPERT, NETWORK, "Do not check certificates", "For a certificate you made yourself."),
    KnownFlag("--gradio-auth", SIMPLE, NETWORK, "User and password", "Who may use the page, as name:password; several with commas between."),
    KnownFlag("--gradio-auth-path", ADVANCED, NETWORK, "File of passwords", "A text file with name:password, several with commas or on lines of their own."),
    KnownFlag("--gradio-allowed-path", EXPERT, NETWORK, "Folder the page may show", "Files of this folder can be read by everybody who can open the page."),
    KnownFlag("--no-gradio-queue", EXPERT, NETWORK, "Without queue", "The page asks over plain connections; helps behind some proxies, times out on long pictures."),
    KnownFlag("--cors-allow-origins", EXPERT, PROGRAMS, "Pages that may use the API", "Addresses of other web pages, with commas between."),
    KnownFlag("--cors-allow-origins-regex", EXPERT, PROGRAMS, "Pattern of pages that may use the API", "As the list of pages, as one regular expression."),
    KnownFlag("--timeout-keep-alive", EXPERT, NETWORK, "Seconds a connection stays open", "Raise it if connections break behind a proxy."),
    KnownFlag("--api", SIMPLE, PROGRAMS, "API", "Other programs can make pictures through the web UI; the studio needs it to stop it gently."),
    KnownFlag("--api-auth", ADVANCED, PROGRAMS, "User and password of the API", "As name:password; several with commas between."),
    KnownFlag("--api-log", EXPERT, PROGRAMS, "Log the API", "Each question of a program stands in the log."),
    KnownFlag("--api-server-stop", ADVANCED, PROGRAMS, "Stop through the API", "Lets programs stop and restart the web UI; the studio uses it."),
    KnownFlag("--nowebui", ADVANCED, PROGRAMS, "API without page", "Only programs can use it, there is no page."),
    KnownFlag("--skip-install", ADVANCED, START, "Install nothing", "Starts faster; packages that are missing stay missing."),
    KnownFlag("--skip-prepare-environment", EXPERT, START, "Prepare nothing", "Neither packages nor repositories are looked at."),
    KnownFlag("--skip-python-version-check", EXPERT, START, "Any Python", "Starts with a Python the web UI was not made for."),
    KnownFlag("--skip-version-check", EXPERT, START, "Any torch", "Does not compare torch and xFormers with the versions the web UI was made for."),
    KnownFlag("--skip-load-model-at-start", ADVANCED, START, "Load the model later", "The model comes with the first picture; works only without a page."),
    KnownFlag("--reinstall-torch", EXPERT, START, "Reinstall torch", "At every start as long as it stands here."),
    KnownFlag("--reinstall-xformers", EXPERT, START, "Reinstall xFormers", "At every start as long as it stands here."),
    KnownFlag("--update-check", EXPERT, START, "Look for a newer version", "Says at the start whether there is one."),
    KnownFlag("--update-all-extensions", EXPERT, START, "Update extensions at the start", "At every start, without a way back; the studio's own update has one."),
    KnownFlag("--log-startup", EXPERT, START, "Log the start", "Tells what each part of the start took."),
    KnownFlag("--loglevel", EXPERT, START, "Level of the log", "DEBUG tells the most, CRITICAL the least."),
    KnownFlag("--ui-debug-mode", EXPERT, START, "Page without a model", "Starts quickly and cannot make pictures; for tests."),
    KnownFlag("--exit", EXPERT, START, "Prepare and end", "Installs what is needed and does not start."),
    KnownFlag("--disable-all-extensions", ADVANCED, START, "Without any extension", "Not even the built-in ones: shows whether an extension is to blame."),
    KnownFlag("--disable-extra-extensions", ADVANCED, START, "Built-in extensions only", "None that you installed: shows whether one of them is to blame."),
    KnownFlag("--no-hashing", ADVANCED, START, "No hashes of models", "Loads new models faster; pictures then do not tell their model by its hash."),
    KnownFlag("--no-download-sd-model", ADVANCED, START, "Download no model", "Without a model it starts with none instead of fetching 4 GB."),
    KnownFlag("--data-dir", ADVANCED, FOLDERS, "Folder of your data", "Settings, extensions, models and pictures are kept there."),
    KnownFlag("--models-dir", ADVANCED, FOLDERS, "Folder of all models", "Its folders are named as in the web UI."),
    KnownFlag("--ckpt-dir", ADVANCED, FOLDERS, "Further folder of checkpoints", "Read in addition to the usual one."),
    KnownFlag("--ckpt", ADVANCED, FOLDERS, "Model to start with", "This file is loaded first."),
    KnownFlag("--vae-dir", ADVANCED, FOLDERS, "Further folder of VAEs", "Read in addition to the usual one."),
    KnownFlag("--vae-path", EXPERT, FOLDERS, "Fixed VAE", "Is always used; the setting in the page is then without effect."),
    KnownFlag("--lora-dir", ADVANCED, FOLDERS, "Folder of LoRAs", "Stands instead of the usual one."),
    KnownFlag("--embeddings-dir", ADVANCED, FOLDERS, "Folder of embeddings", "Stands instead of the usual one."),
    KnownFlag("--hypernetwork-dir", EXPERT, FOLDERS, "Folder of hypernetworks", "Stands instead of the usual one."),
    KnownFlag("--styles-file", EXPERT, FOLDERS, "File of styles", "May be given several times."),
    KnownFlag("--ui-settings-file", EXPERT, FOLDERS, "File of settings", "Stands instead of config.json."),
    KnownFlag("--ui-config-file", EXPERT, FOLDERS, "File of the page's defaults", "Stands instead of ui-config.json."),
    KnownFlag("--theme", SIMPLE, PAGE, "Theme of the page", "light or dark."),
    KnownFlag("--autolaunch", SIMPLE, PAGE, "Open the browser", "The studio opens the browser itself once the web UI is ready."),
    KnownFlag("--use-textbox-seed", EXPERT, PAGE, "Seed as text", "A text field for seeds, without arrows."),
    KnownFlag("--no-progressbar-hiding", EXPERT, PAGE, "Always show the progress bar", "The page hides it by default for speed."),
    KnownFlag("--no-prompt-history", EXPERT, PAGE, "Forget the last prompt", "The last parameters are not kept in params.txt."),
    KnownFlag("--freeze-settings", EXPERT, SAFETY, "Freeze settings", "Nobody can change settings in the page, you included."),
    KnownFlag("--enable-insecure-extension-access", EXPERT, SAFETY, "Extensions from the network", "Whoever can open the page can install programs on this machine."),
    KnownFlag("--disable-safe-unpickle", EXPERT, SAFETY, "Do not check models", "Old model files (.ckpt, .pt) can then run anything they like."),
    KnownFlag("--allow-code", EXPERT, SAFETY, "Allow code", "The page can run Python typed into it."),
    KnownFlag("--unix-filenames-sanitization", EXPERT, SAFETY, "File names as on Linux", "Only the slash is replaced in file names; such files may not open on Windows."),
    KnownFlag("--filenames-max-length", EXPERT, SAFETY, "Longest file name", "In characters."),
    *(_no_op(name) for name in (
        "--show-negative-prompt", "--deepdanbooru", "--unload-gfpgan", "--gradio-queue", "--add-stop-route",
        "--enable-console-prompts", "--gradio-img2img-tool", "--gradio-inpaint-tool", "--ngrok-region",
        "--max-batch-count", "--always-batch-cond-uncond",
    )),
)  # fmt: skip
# ruff: noqa: E501 - a row is a row


@dataclass(frozen=True)
class VramTier:
    """What cards from `from_mib` MiB on get."""

    label: str
    from_mib: int


VRAM_TIERS = (
    VramTier("Under 4 GB", 0),
    VramTier("4-6 GB", 3800),
    VramTier("6-8 GB", 5800),
    VramTier("8-12 GB", 7800),
    VramTier("12 GB or more", 11700),
)

ANY = object()
LESS_FRAGMENTATION = "garbage_collection_threshold:0.9,max_split_size_mb:512"
ALLOCATORS = {"less fragmentation": LESS_FRAGMENTATION, "asynchronous": "backend:cudaMallocAsync"}


@dataclass(frozen=True)
class Spelling:
    """How an option's value is written: the first of `ways` whose flags a version knows. `{}` is the value."""

    field: str
    value: object
    ways: tuple[tuple[str, ...], ...]


SPELLINGS = (
    Spelling("vram", "Under 4 GB", (("--lowvram",), ("--always-low-vram",))),
    Spelling("vram", "4-6 GB", (("--medvram",),)),
    Spelling("vram", "6-8 GB", (("--medvram",),)),
    Spelling("vram", "8-12 GB", (("--medvram-sdxl",),)),
    Spelling("attention", "SDP", (("--opt-sdp-attention",), ("--attention-pytorch",), ("--use-pytorch-cross-attention",))),
    Spelling("attention", "SDP, repeatable", (("--opt-sdp-no-mem-attention",),)),
    Spelling("attention", "xformers", (("--xformers",),)),
    Spelling("attention", "sub-quadratic", (("--opt-sub-quad-attention",), ("--attention-quad",), ("--use-quad-cross-attention",))),
    Spelling("attention", "Doggettx", (("--opt-split-attention",), ("--attention-split",), ("--use-split-cross-attention",))),
    Spelling("attention", "split v1", (("--opt-split-attention-v1",),)),
    Spelling("attention", "InvokeAI", (("--opt-split-attention-invokeai",),)),
    Spelling("attention", "plain", (("--disable-opt-split-attention",),)),
    Spelling("precision", "half", (("--precision", "half"), ("--all-in-fp16",), ("--force-fp16",))),
    Spelling("precision", "full", (("--precision", "full", "--no-half"), ("--all-in-fp32",), ("--force-fp32",))),
    Spelling("no_half_vae", True, (("--no-half-vae",), ("--vae-in-fp32",), ("--fp32-vae",))),
    Spelling("upcast_sampling", True, (("--upcast-sampling",), ("--force-upcast-attention",))),
    Spelling("device_id", ANY, (("--device-id", "{}"), ("--gpu-device-id", "{}"), ("--cuda-device", "{}"))),
    Spelling("use_cpu", True, (("--use-cpu", "all", "--no-half", "--precision", "full", "--skip-torch-cuda-test"), ("--always-cpu",), ("--cpu",))),
    Spelling("listen", True, (("--listen",),)),
    Spelling("port", ANY, (("--port", "{}"),)),
    Spelling("share", True, (("--share",),)),
    Spelling("password", ANY, (("--gradio-auth", "{}"), ("--auth", "{}"))),
    Spelling("api", True, (("--api", "--api-server-stop"), ("--api",))),
    Spelling("api_password", ANY, (("--api-auth", "{}"),)),
    Spelling("theme", "dark", (("--theme", "dark"),)),
    Spelling("theme", "light", (("--theme", "light"),)),
    Spelling("extensions", "built-in only", (("--disable-extra-extensions",), ("--safe",))),
    Spelling("extensions", "no extension", (("--disable-all-extensions",), ("--disable-all-custom-nodes",), ("--safe",))),
    Spelling("skip_install", True, (("--skip-install",),)),
    Spelling("no_hashing", True, (("--no-hashing",),)),
    Spelling("models_folder", ANY, (("--models-dir", "{}"),)),
)  # fmt: skip
