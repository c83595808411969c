"""Options: a model's field with everything a form, a command line, an infotext and an API need to know of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from annotated_types import Ge, Le
from pydantic import BaseModel, ConfigDict, Field
from pydantic.fields import FieldInfo


class Record(BaseModel):
    """A frozen model: requests and settings are values, changed by `model_copy(update=...)`."""

    model_config = ConfigDict(frozen=True, extra="forbid")


@dataclass(frozen=True)
class Option:
    """One field of a Record, as forms and writers see it.

    `section` groups fields in forms; `infotext` is the key in a picture's parameters ("" = not written by
    the table); `choices` is a tuple of texts or the name of a list that is looked up when shown ("samplers",
    "schedules", "checkpoints", "vaes", "upscalers", "styles"); `slider` is the range a slider offers where it
    is narrower than what is allowed; `advanced` fields are folded away; `empty` is what no choice is called.
    """

    name: str
    type: Any
    default: Any
    title: str
    help: str
    section: str = ""
    infotext: str = ""
    choices: tuple[str, ...] | str = ()
    minimum: float | None = None
    maximum: float | None = None
    step: float = 1
    slider: tuple[float, float] | None = None
    advanced: bool = False
    multiline: bool = False
    hidden: bool = False
    empty: str = "Default"


EXTRA = ("section", "infotext", "choices", "step", "slider", "advanced", "multiline", "hidden", "empty")


def option(
    default: Any, title: str, help: str, *, ge: float | None = None, le: float | None = None, **extra: Any
) -> Any:
    """Declare a field of a Record; `extra` are the attributes of Option from `section` on."""
    unknown = set(extra) - set(EXTRA)
    if unknown:
        raise TypeError(f"unknown attributes of an option: {sorted(unknown)}")
    return Field(default, title=title, description=help, ge=ge, le=le, json_schema_extra={"option": extra})


def options(record: type[BaseModel]) -> Iterator[Option]:
    """The options of a Record class in their order; fields declared otherwise are passed over."""
    for name, info in record.model_fields.items():
        if isinstance(info.json_schema_extra, dict) and "option" in info.json_schema_extra:
            yield _option(name, info)


def _option(name: str, info: FieldInfo) -> Option:
    extra: dict[str, Any] = info.json_schema_extra["option"]  # type: ignore[index, assignment]
    minimum = next((m.ge for m in info.metadata if isinstance(m, Ge)), None)
    maximum = next((m.le for m in info.metadata if isinstance(m, Le)), None)
    return Option(
        name,
        info.annotation,
        info.get_default(call_default_factory=True),
        info.title or name,
        info.description or "",
        minimum=minimum,  # type: ignore[arg-type]
        maximum=maximum,  # type: ignore[arg-type]
        **extra,
    )
