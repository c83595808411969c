"""Pictures of NovelAI, ComfyUI and InvokeAI."""

import json
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from studio.core.infotext import read, text_in
from studio.core.infotext_pictures import png_info
from studio.core.request import GenerateRequest, HiresFix


def saved(tmp_path: Path, **texts: Any) -> Path:
    path = tmp_path / "foreign.png"
    as_text = {key: value if isinstance(value, str) else json.dumps(value) for key, value in texts.items()}
    Image.new("RGB", (64, 48)).save(path, pnginfo=png_info(as_text))
    return path


def node(kind: str, **inputs: Any) -> dict[str, Any]:
    return {"class_type": kind, "inputs": inputs}


GRAPH = {
    "3": node(
        "KSampler",
        seed=156680208700286, steps=20, cfg=8.0, sampler_name="dpmpp_2m", scheduler="karras", denoise=1,
        model=["4", 0], positive=["6", 0], negative=["7", 0], latent_image=["5", 0],
    ),
    "4": node("CheckpointLoaderSimple", ckpt_name="sd15\\v1-5-pruned.safetensors"),
    "5": node("EmptyLatentImage", width=512, height=768, batch_size=1),
    "6": node("CLIPTextEncode", text="a bottle", clip=["4", 1]),
    "7": node("CLIPTextEncode", text="watermark", clip=["4", 1]),
    "8": node("VAEDecode", samples=["3", 0], vae=["4", 2]),
    "9": node("SaveImage", filename_prefix="ComfyUI", images=["8", 0]),
}  # fmt: skip
ASKED = GenerateRequest(
    prompt="a bottle",
    negative_prompt="watermark",
    seed=156680208700286,
    cfg_scale=8,
    sampler="DPM++ 2M",
    schedule="Karras",
    width=512,
    height=768,
    checkpoint="v1-5-pruned",
    rng="CPU",
)


def test_comfyui(tmp_path: Path) -> None:
    path = saved(tmp_path, prompt=GRAPH, workflow={"nodes": []})
    assert read(path) == (ASKED, {})
    assert read(text_in(path))[0] == ASKED
    assert read(json.dumps(GRAPH)) == (ASKED, {})


def test_comfyui_webp(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0110] = f"prompt:{json.dumps(GRAPH)}"
    exif[0x010F] = 'workflow:{"nodes": []}'
    path = tmp_path / "a.webp"
    Image.new("RGB", (64, 48)).save(path, exif=exif)
    assert read(path)[0] == ASKED


def test_comfyui_models(tmp_path: Path) -> None:
    graph = {
        **GRAPH,
        "10": node("LoraLoader", lora_name="a/foo.safetensors", strength_model=0.8, strength_clip=0.5, model=["4", 0]),
        "11": node("LoraLoaderModelOnly", lora_name="bar.safetensors", strength_model=0.3, model=["10", 0]),
        "12": node("CLIPSetLastLayer", stop_at_clip_layer=-2, clip=["10", 1]),
        "13": node("VAELoader", vae_name="mse.safetensors"),
        "14": node("ModelSamplingDiscrete", sampling="v_prediction", model=["11", 0]),
        "6": node("CLIPTextEncode", text=["15", 0], clip=["12", 0]),
        "15": node("PrimitiveString", value="a bottle"),
        "8": node("VAEDecode", samples=["3", 0], vae=["13", 0]),
        "99": node("ImageBlur", blur=3),
    }
    graph["3"] = node("KSampler", **{**GRAPH["3"]["inputs"], "model": ["14", 0]})
    request, leftovers = read(saved(tmp_path, prompt=graph))
    assert request.prompt == "a bottle <lora:foo:0.5:0.8> <lora:bar:0.3>"
    assert (request.clip_skip, request.vae, request.checkpoint) == (2, "mse.safetensors", "v1-5-pruned")
    assert leftovers["ImageBlur 99"] == '{"blur": 3}'


def test_comfyui_two_passes(tmp_path: Path) -> None:
    graph = {
        **GRAPH,
        "10": node("LatentUpscale", upscale_method="nearest-exact", width=1024, height=1536, samples=["3", 0]),
        "11": node("KSampler", **{**GRAPH["3"]["inputs"], "latent_image": ["10", 0], "denoise": 0.5, "steps": 14}),
        "8": node("VAEDecode", samples=["11", 0], vae=["4", 2]),
    }
    request, leftovers = read(saved(tmp_path, prompt=graph))
    hires = HiresFix(
        upscaler="Latent (nearest-exact)", scale=1, width=1024, height=1536, denoising_strength=0.5, steps=14
    )
    assert request == ASKED.model_copy(update={"hires": hires})
    assert leftovers == {}


def test_comfyui_pixel_upscaler(tmp_path: Path) -> None:
    graph = {
        **GRAPH,
        "20": node("UpscaleModelLoader", model_name="RealESRGAN_x4.pth"),
        "21": node("ImageUpscaleWithModel", upscale_model=["20", 0], image=["8", 0]),
        "22": node("ImageScaleBy", upscale_method="area", scale_by=0.5, image=["21", 0]),
        "23": node("VAEEncode", pixels=["22", 0], vae=["4", 2]),
        "11": node("KSampler", **{**GRAPH["3"]["inputs"], "latent_image": ["23", 0], "denoise": 0.4}),
        "24": node("VAEDecode", samples=["11", 0], vae=["4", 2]),
        "9": node("SaveImage", images=["24", 0]),
    }
    request, _ = read(saved(tmp_path, prompt=graph))
    assert request.hires is not None
    assert (request.hires.upscaler, request.hires.denoising_strength) == ("RealESRGAN_x4", 0.4)


def test_comfyui_custom_sampling(tmp_path: Path) -> None:
    graph = {
        "1": node("CheckpointLoaderSimple", ckpt_name="xl.safetensors"),
        "2": node("CLIPTextEncode", text="yes", clip=["1", 1]),
        "3": node("CLIPTextEncode", text="no", clip=["1", 1]),
        "4": node("RandomNoise", noise_seed=77),
        "5": node("CFGGuider", model=["1", 0], positive=["2", 0], negative=["3", 0], cfg=5.5),
        "6": node("KSamplerSelect", sampler_name="euler_ancestral"),
        "7": node("BasicScheduler", model=["1", 0], scheduler="sgm_uniform", steps=12, denoise=1.0),
        "8": node("EmptyLatentImage", width=1024, height=1024, batch_size=2),
        "9": node(
            "SamplerCustomAdvanced",
            noise=["4", 0], guider=["5", 0], sampler=["6", 0], sigmas=["7", 0], latent_image=["8", 0],
        ),
        "10": node("VAEDecode", samples=["9", 0], vae=["1", 2]),
        "11": node("PreviewImage", images=["10", 0]),
    }  # fmt: skip
    request, leftovers = read(saved(tmp_path, prompt=graph))
    assert leftovers == {}
    assert request == GenerateRequest(
        prompt="yes", negative_prompt="no", seed=77, steps=12, cfg_scale=5.5, sampler="Euler a", schedule="SGM Uniform",
        width=1024, height=1024, batch_size=2, checkpoint="xl", rng="CPU",
    )  # fmt: skip


def test_comfyui_names_that_are_unknown_here(tmp_path: Path) -> None:
    graph = {
        **GRAPH,
        "3": node("KSampler", **{**GRAPH["3"]["inputs"], "sampler_name": "res_multistep", "denoise": 0.6}),
    }
    _, leftovers = read(saved(tmp_path, prompt=graph))
    assert leftovers == {"Sampler": "res_multistep", "denoise": "0.6"}


def test_comfyui_circles_end(tmp_path: Path) -> None:
    graph = {
        **GRAPH,
        "4": node("LoraLoader", lora_name="x.pt", strength_model=1, model=["4", 0]),
        "5": node("LatentFlip", samples=["3", 0]),
        "6": node("ConditioningAverage", conditioning_to=["7", 0]),
        "7": node("ConditioningAverage", conditioning_to=["6", 0]),
    }
    request, _ = read(saved(tmp_path, prompt=graph))
    assert request.steps == 20
    assert request.prompt == " <lora:x:1>"


def test_novelai(tmp_path: Path) -> None:
    said = {
        "steps": 28, "sampler": "k_dpmpp_2m", "seed": 123, "scale": 5.5, "uc": "lowres", "noise_schedule": "karras",
        "cfg_rescale": 0.2, "sm": False,
    }  # fmt: skip
    path = saved(tmp_path, Software="NovelAI", Description="1girl, {best}", Comment=said)
    request, leftovers = read(path)
    assert request == GenerateRequest(
        prompt="1girl, {best}", negative_prompt="lowres", steps=28, sampler="DPM++ 2M", schedule="Karras", seed=123,
        cfg_scale=5.5, cfg_rescale=0.2, width=64, height=48, clip_skip=2, ensd=31337,
    )  # fmt: skip
    assert leftovers == {"sm": "false"}


def test_invokeai(tmp_path: Path) -> None:
    said = {
        "app_version": "5.0", "generation_mode": "txt2img", "positive_prompt": "a cat", "negative_prompt": "bad",
        "width": 512, "height": 640, "seed": 9, "rand_device": "cpu", "cfg_scale": 7.5, "steps": 30,
        "scheduler": "dpmpp_2m_k", "clip_skip": 1, "model": {"name": "Dreamshaper", "hash": "blake3:1"},
        "loras": [{"model": {"name": "foo"}, "weight": 0.75}], "vae": None,
    }  # fmt: skip
    request, leftovers = read(saved(tmp_path, invokeai_metadata=said))
    assert request == GenerateRequest(
        prompt="a cat <lora:foo:0.75>", negative_prompt="bad", width=512, height=640, seed=9, rng="CPU", cfg_scale=7.5,
        steps=30, sampler="DPM++ 2M", schedule="Karras", clip_skip=2, checkpoint="Dreamshaper",
    )  # fmt: skip
    assert leftovers == {"app_version": "5.0", "generation_mode": "txt2img"}


def test_invokeai_2(tmp_path: Path) -> None:
    said = {
        "model": "stable diffusion", "model_weights": "sd-1.5",
        "image": {
            "prompt": [{"prompt": "a cat [ugly, [blurry]", "weight": 1}], "steps": 50, "cfg_scale": 7.5, "width": 512,
            "height": 512, "seed": 3, "sampler": "k_lms", "type": "txt2img",
        },
    }  # fmt: skip
    request, leftovers = read(saved(tmp_path, **{"sd-metadata": said, "Dream": '"other" -s 1'}))
    assert (request.sampler, request.steps, request.checkpoint) == ("LMS", 50, "sd-1.5")
    assert request.negative_prompt == "blurry"
    assert leftovers == {"model": "stable diffusion", "type": "txt2img"}


def test_invokeai_1(tmp_path: Path) -> None:
    request, leftovers = read(
        saved(tmp_path, Dream='"a \\"red\\" cat [dog]" -s 33 -S 42 -W 640 -H 512 -C 6.5 -A ddim -f0.5')
    )
    assert (request.prompt, request.negative_prompt) == ('a "red" cat', "dog")
    assert (request.steps, request.seed, request.width, request.cfg_scale) == (33, 42, 640, 6.5)
    assert request.sampler == "DDIM"
    assert leftovers == {"-f": "0.5"}


def test_json_of_nobody(tmp_path: Path) -> None:
    request, leftovers = read(saved(tmp_path, parameters={"sui_image_params": {"prompt": "a"}}))
    assert request == GenerateRequest()
    assert leftovers == {"sui_image_params": '{"prompt": "a"}'}


@pytest.mark.parametrize("text", ["{", '{"a": }', "{red|blue} cat"])
def test_braces_alone_are_prompts(text: str) -> None:
    assert read(text)[0].prompt == text
