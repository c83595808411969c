import copy
import json

from studio.core.sentence import Sentence


def test_a_sentence_is_text_and_keeps_its_parts() -> None:
    said = Sentence("{name} has {count} keys.", name="{odd}", count=3)
    assert said == "{odd} has 3 keys."
    assert json.loads(json.dumps([said])) == ["{odd} has 3 keys."]
    again = copy.deepcopy(said)
    assert (again, again.template, again.values) == (said, said.template, {"name": "{odd}", "count": 3})
