"""SD Studio: run Stable Diffusion on your own GPU, by double click."""
