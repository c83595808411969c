"""Text to conditioning: chunks, CLIP encoders of each family, emphasis, prompt schedules."""

from studio.core.chunks import Chunk, chunk, token_count
from studio.engine.text.encode import PromptPlan, TextEncoders

__all__ = ["Chunk", "PromptPlan", "TextEncoders", "chunk", "token_count"]
