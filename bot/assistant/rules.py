"""Rasa's RulePolicy with its look-up done once instead of three times over; it predicts the same.

Rasa compares the states of the whole tracker with every rule, also those further back than the longest rule reaches,
and does all of it once more for rules on the literal text of a message, of which a project mostly has none. What it predicts
after the same few intents and actions is always the same, and is kept.
"""

from __future__ import annotations

import copy
import json
from typing import Any

from rasa.core.policies import rule_policy
from rasa.core.policies.policy import PolicyPrediction
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    BotUttered,
    DefinePrevUserUtteredFeaturization,
    SessionStarted,
    SlotSet,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker

RASAS = "rasa.core.policies.rule_policy.RulePolicy"
OURS = "bot.assistant.rules.RulePolicy"
_MOST_KEPT = 1_000


class RulePolicy(rule_policy.RulePolicy):
    """Put in the place of Rasa's own when a model is loaded for answering. It has its name, which Rasa goes by."""

    _longest: int | None = None
    _on_text: bool = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._found: dict[str, frozenset[str]] = {}  # the rules that apply, by the states that were looked at
        self._predicted: dict[tuple[object, ...], PolicyPrediction] = {}  # by what `_recent` gives

    def predict_action_probabilities(
        self, tracker: DialogueStateTracker, domain: Domain, rule_only_data: dict[str, Any] | None = None, **kwargs: Any
    ) -> PolicyPrediction:
        """See the base class. The same for the same recent events, where these are of the usual kinds."""
        recent = self._recent(tracker, domain)
        if recent is None:
            return super().predict_action_probabilities(tracker, domain, rule_only_data, **kwargs)
        if recent not in self._predicted:
            if len(self._predicted) >= _MOST_KEPT:
                self._predicted.clear()
            self._predicted[recent] = super().predict_action_probabilities(tracker, domain, rule_only_data, **kwargs)
        prediction = copy.copy(self._predicted[recent])  # the ensemble writes into these lists
        prediction.probabilities, prediction.events = [*prediction.probabilities], [*prediction.events]
        return prediction

    def _recent(self, tracker: DialogueStateTracker, domain: Domain) -> tuple[object, ...] | None:
        """All that a prediction follows from: as many actions as the longest rule has, and the messages up to the one before them.

        None where more may count: a form, a slot that rules can see, literal texts, an event that undoes others.
        """
        self._look_over()
        if self._on_text or tracker.active_loop or any(slot.influence_conversation for slot in tracker.slots.values()):
            return None
        recent: list[object] = []
        actions = 0
        for event in reversed(tracker.events):
            if isinstance(event, ActionExecuted):
                actions += 1
                recent.append(event.action_name or (event.action_text,))
            elif isinstance(event, UserUttered):
                recent.append((event.intent_name, event.text if event.intent_name is None else None,
                               *sorted(domain._get_featurized_entities(event))))
                if actions > (self._longest or 0):
                    break
            elif isinstance(event, DefinePrevUserUtteredFeaturization):
                recent.append(event.use_text_for_featurization)
            elif isinstance(event, SessionStarted):
                break
            elif not isinstance(event, (BotUttered, SlotSet)):
                return None
        return tuple(recent)

    def _find_action_from_rules(
        self, tracker: DialogueStateTracker, domain: Domain, use_text_for_last_user_input: bool
    ) -> tuple[str | None, str | None, bool]:
        """See the base class. No rule on texts: none can match one."""
        self._look_over()
        if use_text_for_last_user_input and not self._on_text and not tracker.active_loop_name:
            return None, None, False
        found: tuple[str | None, str | None, bool] = super()._find_action_from_rules(
            tracker, domain, use_text_for_last_user_input)
        return found

    def _get_possible_keys(self, lookup: dict[str, str], states: list[dict[str, Any]]) -> set[str]:
        """See the base class. A state further back than the longest rule rules out none."""
        self._look_over()
        if lookup is not self.lookup[rule_policy.RULES]:
            return set(super()._get_possible_keys(lookup, states))
        recent = states[-self._longest :] if self._longest else states
        seen = json.dumps(recent, sort_keys=True, default=str)
        if seen not in self._found:
            if len(self._found) >= _MOST_KEPT:
                self._found.clear()
            self._found[seen] = frozenset(super()._get_possible_keys(lookup, recent))
        return set(self._found[seen])

    def _look_over(self) -> None:
        """Once: how long the longest rule is, and whether any speaks of a user's literal text."""
        if self._longest is None:
            rules = [json.loads(key) for key in self.lookup[rule_policy.RULES]]
            self._longest = max(map(len, rules), default=0)
            self._on_text = any("text" in state.get("user", {}) for rule in rules for state in rule)


def stand_in(schema: dict[str, Any]) -> dict[str, Any]:
    """A model's serialised graph with this policy in the place of Rasa's."""
    nodes = {name: {**node, "uses": OURS} if node["uses"] == RASAS else node for name, node in schema["nodes"].items()}
    return {**schema, "nodes": nodes}
