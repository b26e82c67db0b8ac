"""The places in the pinned Rasa that are overridden or stood in for: they must still be there, and still be used."""

from __future__ import annotations

import asyncio
import importlib
import inspect
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest
from rasa.core.actions.action import ActionExecutionRejection, RemoteAction
from rasa.core.policies.rule_policy import RULES, RulePolicy
from rasa.core.processor import MessageProcessor
from rasa.core.tracker_store import TrackerStore
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.shared.core.events import Event
from rasa_sdk import Tracker
from rasa_sdk.executor import ActionExecutor

from bot.assistant import graph, light, rules
from bot.assistant.actions import Actions, EventDicts, LocalAction, local
from bot.assistant.assistant import Assistant
from bot.assistant.processor import Processor
from bot.assistant.tracker_store import SqlTrackerStore
from bot.settings import ROOT, Settings


def test_rasa_is_the_pinned_one() -> None:
    assert version("rasa") == "3.6.21", "read this file again, then change the number"


@pytest.mark.parametrize(("ours", "theirs", "methods"), [
    (Processor, MessageProcessor, [
        "parse_message", "predict_next_with_tracker_if_should", "_get_action", "_load_model", "_log_action_on_tracker"]),
    (LocalAction, RemoteAction, ["run", "name", "_utter_responses"]),
    (SqlTrackerStore, TrackerStore, ["save", "retrieve", "retrieve_full_tracker", "keys", "exists", "init_tracker"]),
    (rules.RulePolicy, RulePolicy, ["_find_action_from_rules", "_get_possible_keys", "predict_action_probabilities"]),
    (graph.StraightRunner, DaskGraphRunner, ["run"]),
    (graph.RunningStorage, LocalModelStorage, ["_load_metadata"]),
])
def test_overridden_methods_exist_and_take_the_same(ours: type, theirs: type, methods: list[str]) -> None:
    for name in methods:
        assert hasattr(theirs, name), f"{theirs.__name__}.{name} is gone"
        mine, other = getattr(ours, name), getattr(theirs, name)
        assert list(inspect.signature(mine).parameters) == list(inspect.signature(other).parameters)
        assert inspect.iscoroutinefunction(mine) == inspect.iscoroutinefunction(other)


def test_rasa_calls_what_is_overridden() -> None:
    loop = inspect.getsource(MessageProcessor._run_prediction_loop)
    assert "self.predict_next_with_tracker_if_should(tracker)" in loop
    assert "self.parse_message(message, tracker)" in inspect.getsource(MessageProcessor._handle_message_with_tracker)
    assert "cls._load_metadata(" in inspect.getsource(LocalModelStorage.from_model_archive)
    assert "_from_parameters" in vars(Event) and "resolve_by_type" in vars(Event)
    assert {"actions", "validate_events"} <= set(dir(ActionExecutor()))


def test_custom_actions_never_go_out(project: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    async def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a request went out")

    monkeypatch.setattr("rasa.utils.endpoints.EndpointConfig.request", refuse)
    monkeypatch.setattr(RemoteAction, "_validate_action_result", lambda *_: pytest.fail("the schema was checked"))
    record = asyncio.run(Assistant.load(project).answer("ai chủ trì"))
    assert record["outcome"] == "answer"


def test_what_actions_see_is_what_the_action_server_would_show(project: Settings) -> None:
    """The tracker handed over in process equals the one that RemoteAction would have posted."""
    from bot.assistant.actions import sdk_tracker

    assistant = Assistant.load(project)
    asyncio.run(assistant.answer("ai chủ trì", conversation="c", metadata={"province": "x"}))
    tracker = asyncio.run(assistant.agent.tracker_store.retrieve("c"))
    body = RemoteAction("action_lead", None)._action_call_format(tracker, assistant.agent.domain)
    posted, direct = Tracker.from_dict(body["tracker"]), sdk_tracker(tracker)
    assert isinstance(direct.events, EventDicts)
    assert list(direct.events) == posted.events
    assert direct.events[-1] == posted.events[-1] and direct.events[1:3] == posted.events[1:3]
    assert list(reversed(direct.events)) == list(reversed(posted.events))
    for name in ("sender_id", "slots", "latest_message", "active_loop", "latest_action_name", "followup_action"):
        assert getattr(direct, name) == getattr(posted, name), name
    assert body["domain"] == assistant.agent.domain.as_dict()


def test_unknown_actions_stay_remote_and_rejections_stay_rejections(project: Settings) -> None:
    actions = Actions("fixture_actions")
    assert "action_lead" in actions and "action_lead" in actions.names()
    assert type(local(RemoteAction("action_elsewhere", None), actions)) is RemoteAction
    found = local(RemoteAction("action_lead", None), actions)
    assert isinstance(found, LocalAction)

    async def reject(*_: object) -> None:
        from rasa_sdk import ActionExecutionRejection as Rejection

        raise Rejection("action_lead", "không")

    actions.run = reject  # type: ignore[method-assign]
    assistant = Assistant.load(project)
    tracker = assistant.agent.tracker_store.init_tracker("c")
    with pytest.raises(ActionExecutionRejection):
        asyncio.run(found.run(None, None, tracker, assistant.agent.domain))


def test_straight_runner_gives_what_rasas_runner_gives(project: Settings) -> None:
    from rasa.core.channels.channel import UserMessage
    from rasa.engine.constants import PLACEHOLDER_MESSAGE, PLACEHOLDER_TRACKER

    metadata, straight = graph.load(project.model)
    inputs = {PLACEHOLDER_MESSAGE: [UserMessage("ai chủ trì số 12")], PLACEHOLDER_TRACKER: None}
    for _ in range(2):
        ours = straight.run(inputs, [metadata.nlu_target])
        theirs = DaskGraphRunner.run(straight, inputs, [metadata.nlu_target])
        assert list(ours) == list(theirs)
        assert ours[metadata.nlu_target][0].as_dict() == theirs[metadata.nlu_target][0].as_dict()


TALK = ["xin chào", "ai chủ trì", "điền phiếu", "ai chủ trì", "số 12", "zzz", "làm hỏng đi", "tôi đã hỏi mấy lần", "7"]


def test_our_rule_policy_predicts_what_rasas_predicts(project: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """At each step of a conversation, forms and unknown messages among them."""
    steps = 0
    quick = rules.RulePolicy.predict_action_probabilities

    def compare(self: rules.RulePolicy, tracker: object, domain: object, **kwargs: object) -> object:
        nonlocal steps
        steps += 1
        ours = quick(self, tracker, domain, **kwargs)
        with monkeypatch.context() as patch:
            for name in ("_find_action_from_rules", "_get_possible_keys", "predict_action_probabilities"):
                patch.setattr(rules.RulePolicy, name, getattr(RulePolicy, name))
            theirs = RulePolicy.predict_action_probabilities(self, tracker, domain, **kwargs)
        assert vars(ours) == vars(theirs)
        return ours

    monkeypatch.setattr(rules.RulePolicy, "predict_action_probabilities", compare)
    assistant = Assistant.load(project)

    async def run() -> None:
        for text in TALK * 2:
            await assistant.answer(text, conversation="c")

    asyncio.run(run())
    assert steps >= 2 * len(TALK)


def test_rules_on_literal_texts_are_still_found(project: Settings) -> None:
    _, runner = graph.load(project.model)
    policy = next(node._component for node in runner._instantiated_nodes.values() if type(node._component) is rules.RulePolicy)
    policy._look_over()
    assert policy._longest >= 2 and not policy._on_text
    policy._longest, policy.lookup = None, {**policy.lookup, RULES: {'[{"user": {"text": "chào"}}]': "utter_greet"}}
    policy._look_over()
    assert policy._on_text


def test_stood_in_names_exist_in_rasa() -> None:
    for module, names in light.STOOD_IN.items():
        for name in names:
            assert hasattr(importlib.import_module(module), name), f"{module}.{name} is gone"


def run_python(code: str, environment: dict[str, str]) -> str:
    import os

    done = subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, **environment}, capture_output=True, text=True, timeout=180, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


CHECK_LIGHT = """
import asyncio, sys
from bot import logs, settings
from bot.assistant import light
found = settings.load(); logs.set_up(found)
print(light.prepare(found))
from bot.assistant.assistant import Assistant
print(asyncio.run(Assistant.load(found).answer("ai chủ trì"))["refs"])
print(any(name.split(".")[0] in ("tensorflow", "keras", "jax") for name in sys.modules))
"""


def test_light_start_answers_the_same_without_tensorflow(project: Settings, environment: dict[str, str]) -> None:
    assert run_python(CHECK_LIGHT, environment).splitlines() == ["True", "['p#task:1']", "False"]


def test_neural_models_are_not_started_light(project: Settings, tmp_path: Path) -> None:
    """Checked without loading Rasa anew: the decision hangs on the note beside the model alone."""
    import json
    from dataclasses import replace

    model = tmp_path / "m.tar.gz"
    note = {"components": ["rasa.nlu.classifiers.diet_classifier.DIETClassifier"]}
    (tmp_path / "m.tar.gz.hash").write_text(json.dumps(note), encoding="utf-8")
    code = f"""
import sys
from pathlib import Path
from bot import settings
from bot.assistant import light
print(light.prepare(settings.load({{"TROLY_MODEL": {str(model)!r}}})))
print(light.prepare(settings.load({{"TROLY_MODEL": {str(project.model)!r}, "TROLY_LIGHT": "0"}})))
"""
    assert run_python(code, {"PYTHONPATH": str(ROOT)}).split() == ["False", "False"]
    assert not light.prepare(replace(project, model=model))


def test_actions_run_unchanged_on_rasas_action_server(environment: dict[str, str], tmp_path: Path) -> None:
    import json
    import os
    import socket
    import time
    import urllib.request

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-W", "ignore", "-m", "rasa_sdk", "--actions", "fixture_actions", "--port", str(port)]
    server = subprocess.Popen(command, env={**os.environ, **environment}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(300):
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/actions", timeout=5) as answer:
                    names = {entry["name"] for entry in json.load(answer)}
                break
            except OSError:
                assert server.poll() is None
                time.sleep(0.1)
    finally:
        server.kill()
        server.wait()
    assert {"action_lead", "validate_number_form"} <= names
