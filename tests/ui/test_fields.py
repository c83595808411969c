"""Forms: what is displayed is what is read, for every field of every record and any value it may have."""

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolTip, QWidget

from studio.core.option import Option, Record, options
from studio.core.request import GenerateRequest, HiresFix, Refiner
from studio.core.settings import Settings
from studio.ui.fields import CheckEdit, Form, editor, is_match
from studio.ui.widgets.choice_edit import ChoiceEdit
from studio.ui.widgets.list_edit import ListEdit
from studio.ui.widgets.number_edit import NumberEdit, NumberField

RECORDS = (GenerateRequest, HiresFix, Refiner, Settings)
FIELDS = [(record, option) for record in RECORDS for option in options(record)]
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40)


def listed(name: str) -> Sequence[str]:
    return [f"{name} {i}" for i in range(30)]


def values(option: Option) -> st.SearchStrategy[Any]:
    """Everything a field may be."""
    if option.type is bool:
        return st.booleans()
    if option.type is int:
        return st.integers(int(option.minimum or 0), int(option.maximum or 2**64))
    if option.type is float:
        return st.floats(option.minimum, option.maximum, allow_nan=False, allow_infinity=False)
    if option.type is str:
        return st.sampled_from(option.choices) if isinstance(option.choices, tuple) and option.choices else TEXTS
    return st.lists(TEXTS, max_size=4).map(tuple)


@pytest.mark.parametrize(("record", "option"), FIELDS, ids=lambda x: getattr(x, "name", getattr(x, "__name__", "")))
def test_an_editor_gives_back_what_it_shows(record: type[Record], option: Option) -> None:
    made = editor(option, listed)
    assert made.value() == option.default

    @settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
    @given(values(option))
    def law(value: Any) -> None:
        made.set_value(value)
        assert made.value() == value
        assert type(made.value()) is type(value) or option.type is float
        record(**{option.name: made.value()})

    law()


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.__name__)
def test_a_form_reads_what_it_displays(record: type[Record]) -> None:
    form = Form(record, choices=listed, names=[option.name for option in options(record)])
    strategies = {option.name: values(option) for option in options(record)}

    @settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.fixed_dictionaries(strategies))
    def law(given_values: dict[str, Any]) -> None:
        shown = record(**given_values)
        form.display(shown)
        assert record(**form.read()) == shown

    law()


@pytest.mark.parametrize(("record", "option"), FIELDS, ids=lambda x: getattr(x, "name", getattr(x, "__name__", "")))
def test_every_editor_has_a_name_and_an_explanation(record: type[Record], option: Option) -> None:
    made = editor(option, listed)
    assert isinstance(made, QWidget)
    assert made.accessibleName() == option.title
    assert made.toolTip() == option.help
    assert made.focusPolicy() & Qt.FocusPolicy.TabFocus or made.focusProxy()


def test_editors_suit_their_fields() -> None:
    form = Form(GenerateRequest, choices=listed)
    kinds = {name: type(made) for name, made in form.editors.items()}
    assert kinds["steps"] is NumberEdit
    assert kinds["tiling"] is CheckEdit
    assert kinds["sampler"] is ChoiceEdit
    assert kinds["styles"] is ListEdit
    assert form.editors["steps"].slider is not None
    assert form.editors["seed"].slider is None
    assert "template" not in form.editors


def test_a_form_shows_what_is_asked_for() -> None:
    plain = Form(GenerateRequest, sections=("seed",), advanced=False)
    folded = Form(GenerateRequest, sections=("seed",), advanced=True)
    assert list(plain.editors) == ["seed"]
    assert "variation_seed" in folded.editors
    assert list(Form(GenerateRequest, names=("width", "height")).editors) == ["width", "height"]


def test_changes_are_told_once_and_by_name() -> None:
    form, told, names = Form(GenerateRequest), [], []
    form.changed.connect(lambda: told.append(1))
    form.field_changed.connect(names.append)
    form.editors["steps"].set_value(33)
    assert (len(told), names) == (1, ["steps"])
    form.display(GenerateRequest(steps=44, seed=5))
    assert (len(told), names) == (2, ["steps"])
    form.display(GenerateRequest(steps=44, seed=5))
    assert len(told) == 2
    form.reset("seed")
    assert form.read()["seed"] == -1
    assert names == ["steps", "seed"]


def test_a_value_that_left_the_list_is_kept() -> None:
    found = ["a.safetensors"]
    form = Form(GenerateRequest, names=("checkpoint",), choices=lambda _: found)
    form.display(GenerateRequest(checkpoint="a.safetensors"))
    found[:] = ["b.safetensors", "c.safetensors"]
    form.refresh_choices()
    assert form.read() == {"checkpoint": "a.safetensors"}
    combo = form.editors["checkpoint"].combo
    assert [combo.itemData(i) for i in range(combo.count())] == ["", "b.safetensors", "c.safetensors", "a.safetensors"]


def test_typing_a_number_keeps_to_the_limits() -> None:
    field = NumberField(1, 150, 1, is_whole=True)
    field.set_value(20)
    field.selectAll()
    QTest.keyClicks(field, "999")
    assert field.value() == 150
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert field.text() == "150"
    field.selectAll()
    QTest.keyClicks(field, "12x")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert (field.value(), field.text()) == (12, "12")


def test_a_decimal_is_typed_with_either_sign_and_stepped_without_dust() -> None:
    field = NumberField(0, 1, 0.01, is_whole=False)
    for text in ("0.25", "0,25"):
        field.set_value(0)
        field.selectAll()
        QTest.keyClicks(field, text)
        assert field.value() == 0.25
    field.set_value(0.28)
    QTest.keyClick(field, Qt.Key.Key_Up)
    assert field.value() == 0.29
    field.set_value(1)
    QTest.keyClick(field, Qt.Key.Key_Up)
    assert field.value() == 1


def test_the_slider_follows_and_leads() -> None:
    made = NumberEdit(8, 16384, 8, (64, 2048))
    made.set_value(512)
    assert made.slider is not None
    assert made.slider.value() == (512 - 64) / 8
    made.slider.setValue(2)
    assert made.value() == 80
    made.set_value(5000)
    assert made.value() == 5000
    assert made.slider.value() == made.slider.maximum()


def test_a_seed_may_have_64_bits() -> None:
    field = NumberField(-1, 2**64 - 1, 1, is_whole=True)
    QTest.keyClicks(field, str(2**64 - 1))
    assert field.value() == 2**64 - 1


def test_search_finds_by_every_word() -> None:
    form = Form(Settings)
    assert form.search("") == len(form.editors)
    assert form.search("output FOLDER") == 1
    assert not form.rows["output_folder"].isHidden()
    assert form.rows["theme"].isHidden()
    assert form.search("nothing like this") == 0
    assert is_match(form.options["vram_preset"], "memory card")


@pytest.mark.parametrize(("typed", "kept"), [("999", 150), ("0", 1), ("", 20)])
def test_a_number_beyond_the_limits_is_marked_and_said(qapp: QApplication, typed: str, kept: int) -> None:
    edit = NumberEdit(1, 150)
    edit.set_value(20)
    edit.show()
    edit.field.lineEdit().selectAll()
    QTest.keyClick(edit.field, Qt.Key.Key_Backspace)
    QTest.keyClicks(edit.field, typed)
    assert edit.field.property("wrong") is True
    QTest.keyClick(edit.field, Qt.Key.Key_Return)
    assert edit.value() == kept
    assert edit.field.text() == str(kept)
    assert edit.field.property("wrong") is False
    assert QToolTip.text() == f"This can be 1 to 150; it is {kept} now."
    QToolTip.hideText()


def test_a_number_within_the_limits_is_not_marked(qapp: QApplication) -> None:
    edit = NumberEdit(0, 1, 0.05, is_whole=False)
    edit.show()
    edit.field.lineEdit().selectAll()
    QTest.keyClicks(edit.field, "0.33")
    assert not edit.field.property("wrong")
    QTest.keyClick(edit.field, Qt.Key.Key_Return)
    assert edit.value() == 0.33
    assert not QToolTip.isVisible()


def test_a_long_choice_is_cut_where_it_is_seen(qapp: QApplication) -> None:
    """What is drawn for a name that is too long differs from its beginning cut off hard."""
    wide, narrow = ChoiceEdit(["a" * 30 + "end"]), ChoiceEdit(["a" * 30 + "xyz"])
    pictures = []
    for made in (wide, narrow):
        made.resize(160, 30)
        made.show()
        pictures.append(made.combo.grab().toImage())
    assert pictures[0] != pictures[1]
