import inspect
import re

from studio.catalog.environment_checks import BAD, ENVIRONMENT_CHECKS, STEPS, WARN
from studio.catalog.fixes import FIXES
from studio.catalog.module_packages import MODULE_PACKAGES
from studio.launcher import environment_fixes, findings, repair, requirements


def test_every_row_is_found_and_everything_found_has_a_row() -> None:
    ids = [check.id for check in ENVIRONMENT_CHECKS]
    assert len(ids) == len(set(ids))
    assert all(check.status in (BAD, WARN) for check in ENVIRONMENT_CHECKS)
    named = set(re.findall(r'"(\w+?)(?:_mismatch)?"', inspect.getsource(findings)))
    assert {one.removesuffix("_mismatch") for one in ids} - named <= {"torchvision", "xformers"}
    assert {check.id for check in findings.CHECKS.values()} == set(ids)


def test_every_step_has_words_and_a_place_in_the_order() -> None:
    assert set(STEPS) == set(repair.ORDER)


def test_every_fix_of_packages_is_known() -> None:
    known = {fix.id for fix in FIXES}
    source = inspect.getsource(environment_fixes)
    mine = {one for one in re.findall(r'"(\w+)"', source) if "_" in one and one in known}
    assert set(environment_fixes.FINDINGS) <= known
    assert {"install_module", "install_clip", "reinstall_torch", "install_pip", "rebuild_venv"} <= mine


def test_packages_of_modules_can_be_asked_for() -> None:
    for wanted in MODULE_PACKAGES.values():
        assert not wanted or requirements.parse(wanted).requirement is not None
