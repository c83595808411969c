"""The ways the stand-in can fail: which rule of the rule base each is, where it happens, what is said, how it ends.

Lines that programs print are facts; what stands around them is in the stand-in's own words.
"""

from typing import NamedTuple


class Fault(NamedTuple):
    """`raises` is an exception with the text as its message; otherwise the text is printed.

    `code` is the exit code, None goes on. In stage "prepare", `doing` and `error` are what the preparation says
    before and of the failed program. `does` is an act of modules.faults.
    """

    rule: int
    stage: str
    text: str = ""
    raises: str = ""
    code: int | None = 1
    doing: str = ""
    error: str = ""
    does: str = ""


TORCH = "torch.cuda.OutOfMemoryError"
CLONE = "Cloning Stable Diffusion into repositories/stable-diffusion-stability-ai..."
OOM = (
    "CUDA out of memory. Tried to allocate {asked}. GPU 0 has a total capacity of 8.00 GiB of which {free} is free. "
    "Of the allocated memory {used} is allocated by PyTorch, and {spare} is reserved by PyTorch but unallocated. If "
    "reserved but unallocated memory is large try setting max_split_size_mb to avoid fragmentation."
)
OLD_OOM = (
    "CUDA out of memory. Tried to allocate 9.00 GiB (GPU 0; 8.00 GiB total capacity; 3.10 GiB already allocated; "
    "4.20 GiB free; 3.30 GiB reserved in total by PyTorch) If reserved memory is >> allocated memory try setting "
    "max_split_size_mb to avoid fragmentation.  See documentation for Memory Management and PYTORCH_CUDA_ALLOC_CONF"
)

FAULTS = {
    # the interpreter and the environment
    "no_python": Fault(31, "interpreter", r"No Python at 'D:\sd\python\python.exe'", code=103),
    "store_python": Fault(
        32, "interpreter",
        "Unable to create venv in directory \"D:\\sd\\venv\"\n\nexit code: 9009\n\nstderr:\n"
        r"C:\Users\me\AppData\Local\Microsoft\WindowsApps\PythonSoftwareFoundation.Python.3.12_x64\python.exe",
    ),
    "no_pip": Fault(
        33, "prepare", "python: No module named pip", doing="Installing clip", error="Couldn't install clip",
    ),
    "leftover": Fault(
        34, "prepare", "WARNING: Ignoring invalid distribution -orch (d:\\sd\\venv\\lib\\site-packages)", code=None,
    ),
    "locked": Fault(
        34, "prepare",
        "ERROR: Could not install packages due to an OSError: [WinError 5] Access is denied: "
        "'d:\\sd\\venv\\Lib\\site-packages\\~orch\\lib\\c10.dll'\nConsider using the `--user` option",
        doing="Installing torch and torchvision", error="Couldn't install torch",
    ),
    "bad_wheel": Fault(
        35, "prepare", "ERROR: Wheel 'torch' located at C:\\Temp\\torch-2.1.2-cp310-win_amd64.whl is invalid.",
        doing="Installing torch and torchvision", error="Couldn't install torch",
    ),
    "bad_hash": Fault(
        35, "prepare",
        "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE. If you have updated the package "
        "versions, please update the hashes.",
        doing="Installing requirements", error="Couldn't install requirements",
    ),
    "no_t64": Fault(
        36, "prepare", "ValueError: Unable to find resource t64.exe in package pip._vendor.distlib",
        doing="Installing clip", error="Couldn't install clip",
    ),
    "no_compiler": Fault(
        39, "prepare",
        "error: Microsoft Visual C++ 14.0 or greater is required. Get it with \"Microsoft C++ Build Tools\"\n"
        "ERROR: Failed building wheel for insightface",
        doing="Installing requirements", error="Couldn't install requirements",
    ),
    "clip": Fault(
        2, "prepare",
        "  File \"<string>\", line 3, in <module>\nModuleNotFoundError: No module named 'pkg_resources'\n"
        "ERROR: Failed to build 'https://github.com/openai/CLIP/archive/d50d76daa670286dd6cacf3bcd80b5e4823fc8e1.zip'"
        " when getting requirements to build wheel",
        doing="Installing clip", error="Couldn't install clip",
    ),
    "setuptools": Fault(
        3, "prepare", "ImportError: cannot import name 'packaging' from 'pkg_resources' (d:\\sd\\venv\\pkg_resources)",
        doing="Installing open_clip", error="Couldn't install open_clip",
    ),
    "torch_no_gpu": Fault(
        4, "prepare",
        "AssertionError: Torch is not able to use GPU; add --skip-torch-cuda-test to COMMANDLINE_ARGS variable to "
        "disable this check",
    ),
    "no_torch_offline": Fault(
        30, "prepare",
        "ERROR: Could not find a version that satisfies the requirement torch==2.1.2 (from versions: none)\n"
        "ERROR: No matching distribution found for torch==2.1.2",
        doing="Installing torch and torchvision", error="Couldn't install torch",
    ),
    "no_torch_python": Fault(
        30, "prepare",
        "ERROR: Could not find a version that satisfies the requirement torch==2.1.2 (from versions: 2.2.0, 2.2.1, "
        "2.2.2, 2.3.0)\nERROR: No matching distribution found for torch==2.1.2",
        doing="Installing torch and torchvision", error="Couldn't install torch",
    ),
    # Git and the network
    "repository_gone": Fault(
        1, "prepare",
        "remote: Repository not found.\n"
        "fatal: repository 'https://github.com/Stability-AI/stablediffusion.git/' not found",
        doing=CLONE, error="Couldn't clone Stable Diffusion",
    ),
    "dubious": Fault(
        40, "prepare",
        "fatal: detected dubious ownership in repository at 'D:/sd/repositories/k-diffusion'\nTo add an exception for "
        "this directory, call:\n\n\tgit config --global --add safe.directory D:/sd/repositories/k-diffusion",
        code=128, doing="Fetching updates for K-diffusion...", error="Couldn't fetch K-diffusion",
    ),
    "dirty": Fault(
        41, "prepare",
        "error: Your local changes to the following files would be overwritten by checkout:\n\tmodules/ui.py\n"
        "Please commit your changes or stash them before you switch branches.\nAborting",
        doing="Checking out commit for BLIP", error="Couldn't checkout BLIP",
    ),
    "unstable_link": Fault(
        42, "prepare",
        "error: RPC failed; curl 56 GnuTLS recv error (-9): Error decoding the received TLS packet.\n"
        "fetch-pack: unexpected disconnect while reading sideband packet\nfatal: early EOF\n"
        "fatal: fetch-pack: invalid index-pack output",
        code=128, doing=CLONE, error="Couldn't clone Stable Diffusion",
    ),
    "half_clone": Fault(
        43, "prepare",
        "Couldn't determine Stable Diffusion's hash: cf1d67a6, attempting autofix...\n"
        "fatal: ambiguous argument 'HEAD': unknown revision or path not in the working tree.",
        code=128, error="Couldn't determine Stable Diffusion's hash",
    ),
    "no_repository": Fault(
        44, "prepare", "fatal: not a git repository (or any of the parent directories): .git", code=None,
    ),
    "forbidden": Fault(
        56, "prepare", "fatal: unable to access 'https://github.com/me/it.git/': The requested URL returned error: 403",
        code=128, doing=CLONE, error="Couldn't clone Stable Diffusion",
    ),
    "libcurl": Fault(
        57, "prepare", "fatal: failed to load library 'libcurl-4.dll'", code=128, doing=CLONE, error="Git failed",
    ),
    "proxy": Fault(
        52, "prepare",
        "WARNING: Retrying (Retry(total=0, connect=None, read=None, redirect=None, status=None)) after connection "
        "broken by 'ProxyError('Cannot connect to proxy.', ConnectionResetError(10054))': /simple/gradio/\n"
        "ERROR: Max retries exceeded with url: /simple/gradio/",
        doing="Installing requirements", error="Couldn't install requirements",
    ),
    "gbk": Fault(
        46, "import", "'gbk' codec can't decode byte 0x80 in position 14: illegal multibyte sequence",
        "UnicodeDecodeError",
    ),
    # packages
    "missing_module": Fault(50, "import", does="import_missing"),
    "driver": Fault(
        6, "import",
        "The NVIDIA driver on your system is too old (found version 11070). Please update your GPU driver by "
        "downloading and installing a new version from the URL: http://www.nvidia.com/Download/index.aspx",
        "RuntimeError",
    ),
    "xformers": Fault(
        7, "import",
        "WARNING[XFORMERS]: xFormers can't load C++/CUDA extensions. xFormers was built for:\n"
        "    PyTorch 2.1.1+cu121 with CUDA 1201 (you have 2.1.2+cpu)\n    Python  3.10.11 (you have 3.10.6)\n"
        "  Please reinstall xformers (see https://github.com/facebookresearch/xformers#installing-xformers)",
        code=None,
    ),
    "no_xformers": Fault(9, "import", "No module 'xformers'. Proceeding without it.", code=None),
    "socket_options": Fault(
        24, "import", "AsyncConnectionPool.__init__() got an unexpected keyword argument 'socket_options'", "TypeError",
    ),
    "torchvision": Fault(
        25, "import", "No module named 'torchvision.transforms.functional_tensor'", "ModuleNotFoundError",
    ),
    "numpy2": Fault(
        26, "import",
        "A module that was compiled using NumPy 1.x cannot be run in\nNumPy 2.0.1 as it may crash.\n"
        "AttributeError: _ARRAY_API not found\nImportError: numpy.core.multiarray failed to import",
    ),
    "protobuf": Fault(
        27, "import",
        "cannot import name 'builder' from 'google.protobuf.internal' (d:\\sd\\venv\\google\\protobuf\\internal)",
        "ImportError",
    ),
    "pydantic": Fault(28, "import", "*** Error loading script: api.py\n    AttributeError: __config__", code=1),
    "gradio": Fault(
        29, "import",
        "=" * 80 + "\nYou are running gradio 4.44.1.\nThe program is designed to work with gradio 3.41.2.\n" + "=" * 80,
        code=None,
    ),
    "torch_dll": Fault(
        38, "import",
        '[WinError 126] The specified module could not be found. Error loading "D:\\sd\\venv\\Lib\\site-packages\\'
        'torch\\lib\\fbgemm.dll" or one of its dependencies.',
        "OSError",
    ),
    "transformers": Fault(
        53, "import",
        "Failed to import transformers.modeling_utils because of the following error (look up to see its traceback):\n"
        "module 'jaxlib.xla_extension' has no attribute 'DeviceArray'",
        "RuntimeError",
    ),
    "paging_file": Fault(
        37, "import", "[WinError 1455] The paging file is too small for this operation to complete", "OSError",
    ),
    "insecure": Fault(
        47, "ready", "AssertionError: extension access disabled because of command line flags", code=None,
    ),
    # the server
    "localhost": Fault(
        22, "bind",
        "When localhost is not accessible, a shareable link must be created. Please set share=True or check your "
        "proxy settings to allow access to localhost.",
        "ValueError",
    ),
    "port_excluded": Fault(
        23, "bind",
        "[WinError 10013] An attempt was made to access a socket in a way forbidden by its access permissions",
        "PermissionError",
    ),
    # the model: the server goes on without one
    "no_kernel": Fault(
        5, "model", "CUDA error: no kernel image is available for execution on the device", "torch.AcceleratorError",
    ),
    "operator": Fault(
        8, "model", "No operator found for `memory_efficient_attention_forward` with inputs:\n     query : "
        "shape=(1, 4096, 1, 512) (torch.float32)", "NotImplementedError",
    ),
    "oom": Fault(10, "model", OOM.format(asked="1.50 GiB", free="0 bytes", used="7.20 GiB", spare="0.20 GiB"), TORCH),
    "oom_fragmented": Fault(
        10, "model", OOM.format(asked="512.00 MiB", free="0 bytes", used="4.10 GiB", spare="3.20 GiB"), TORCH
    ),
    "oom_others": Fault(
        10, "model", OOM.format(asked="256.00 MiB", free="12.00 MiB", used="0.30 GiB", spare="0.02 GiB"), TORCH
    ),
    "oom_huge": Fault(10, "model", OLD_OOM, TORCH),
    "nan_vae": Fault(
        11, "model",
        "A tensor with all NaNs was produced in VAE. This could be because there's not enough precision to represent "
        "the picture.",
        "modules.devices.NansException",
    ),
    "nan_unet": Fault(
        12, "model", "A tensor with all NaNs was produced in Unet.", "modules.devices.NansException",
    ),
    "header": Fault(
        13, "model", "Error while deserializing header: HeaderTooLarge", "safetensors_rust.SafetensorError",
    ),
    "forbidden_pickle": Fault(
        14, "model",
        "Error verifying pickled file from models/Stable-diffusion/it.ckpt\nglobal 'posix/system' is forbidden",
        "_pickle.UnpicklingError",
    ),
    "weights_only": Fault(
        15, "model", "Weights only load failed. This file can still be loaded, to do so you have two options",
        "_pickle.UnpicklingError",
    ),
    "half_on_cpu": Fault(16, "model", "\"LayerNormKernelImpl\" not implemented for 'Half'", "RuntimeError"),
    "lowvram": Fault(17, "model", "'NoneType' object has no attribute 'lowvram'", "AttributeError"),
    "no_checkpoints": Fault(
        18, "model", "No checkpoints found. When searching for checkpoints, looked at:\n"
        " - directory models/Stable-diffusion",
        "FileNotFoundError",
    ),
    "shapes": Fault(19, "model", "mat1 and mat2 shapes cannot be multiplied (154x2048 and 768x320)", "RuntimeError"),
    "sizes": Fault(
        20, "model",
        "Sizes of tensors must match except in dimension 1. Expected size 23 but got size 24 for tensor number 1 in "
        "the list.",
        "RuntimeError",
    ),
    "tokenizer": Fault(21, "model", "Can't load tokenizer for 'openai/clip-vit-large-patch14'.", "OSError"),
    "hip": Fault(
        48, "model", "\"hipErrorNoBinaryForGpu: Unable to find code object for all current devices!\"", code=134,
    ),
    "directml": Fault(
        49, "model",
        "Could not allocate tensor with 2147483648 bytes. There is not enough GPU video memory available!",
        "RuntimeError",
    ),
    # ends without words, or none at all
    "native_crash": Fault(54, "import", does="crash"),
    "late_crash": Fault(54, "ready", does="crash"),
    "no_words": Fault(54, "import", does="vanish"),
    "hang": Fault(0, "import", does="hang"),
    "hang_after_url": Fault(0, "bind", does="hang"),
    # no faults, but hard to show
    "flood": Fault(0, "import", does="flood", code=None),
    "question": Fault(0, "import", does="ask", code=None),
    "mojibake": Fault(46, "import", does="mojibake", code=None),
}  # fmt: skip
