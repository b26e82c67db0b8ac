"""Leave TensorFlow out of a process whose model does not use it: over half of Rasa's start-up time and memory.

Rasa's policies import `rasa.utils.train_utils`, which imports two modules that derive classes from TensorFlow's for
the training of its neural components. Placeholders stand in for those two modules; TensorFlow itself is not touched,
so a component that needs it imports the real one.
"""

from __future__ import annotations

import sys
import types

from bot.assistant import freshness
from bot.settings import Settings

#: module → the names that Rasa imports from it. Checked against the pinned Rasa by a test.
#: Besides TensorFlow's two: Rasa's own chat connectors and its plots, which this program does not use either.
STOOD_IN = {
    "rasa.utils.tensorflow.callback": ("RasaTrainingLogger", "RasaModelCheckpoint"),
    "rasa.utils.tensorflow.data_generator": ("RasaBatchDataGenerator", "RasaDataGenerator"),
    "rasa.utils.plotting": ("plot_confusion_matrix", "plot_curve", "plot_paired_histogram"),
    "rasa.core.channels.facebook": ("FacebookInput",),
    "rasa.core.channels.hangouts": ("HangoutsInput",),
    "rasa.core.channels.mattermost": ("MattermostInput",),
    "rasa.core.channels.slack": ("SlackInput",),
    "rasa.core.channels.socketio": ("SocketIOInput",),
    "rasa.core.channels.telegram": ("TelegramInput",),
    "rasa.core.channels.twilio": ("TwilioInput",),
    "rasa.core.channels.webexteams": ("WebexTeamsInput",),
}

#: Where the components live that do without TensorFlow. Anything else is taken to need it.
_FREE = (
    "bot.nlu.",
    "rasa.core.policies.rule_policy.",
    "rasa.core.policies.memoization.",
    "rasa.core.policies.ensemble.",
    "rasa.graph_components.",
    "rasa.nlu.classifiers.fallback_classifier.",
    "rasa.nlu.classifiers.keyword_intent_classifier.",
    "rasa.nlu.classifiers.logistic_regression_classifier.",
    "rasa.nlu.classifiers.regex_message_handler.",
    "rasa.nlu.classifiers.sklearn_intent_classifier.",
    "rasa.nlu.extractors.",
    "rasa.nlu.featurizers.sparse_featurizer.",
    "rasa.nlu.tokenizers.",
    "rasa.nlu.utils.spacy_utils.",
    "rasa.engine.",
)


def prepare(settings: Settings) -> bool:
    """Stand in for TensorFlow's part if the trained model does without it; True if so.

    To be called before Rasa is imported, by a process that will answer and not train; otherwise it does nothing.
    """
    if not settings.light or any(name in sys.modules for name in (*STOOD_IN, "rasa.utils.train_utils")):
        return False
    needed = freshness.read_note(settings.model).get("components") or [""]
    if not all(component.startswith(_FREE) for component in needed):
        return False
    for module, names in STOOD_IN.items():
        sys.modules[module] = _placeholder(module, names)
    return True


def _placeholder(module: str, names: tuple[str, ...]) -> types.ModuleType:
    stand_in = types.ModuleType(module, "Left out: the model in use has no component that needs it.")
    for name in names:
        setattr(stand_in, name, type(name, (_LeftOut,), {"__module__": module}))
    return stand_in


class _LeftOut:
    """What a class of TensorFlow's part is here: a name that can be imported and inherited from, but not used."""

    def __init__(self, *_args: object, **_kwargs: object) -> None:
        raise RuntimeError(f"{type(self).__name__} was left out of this process (TROLY_LIGHT=0 keeps it)")

    @classmethod
    def name(cls) -> str:
        """What Rasa lists a connector under."""
        return f"left-out-{cls.__name__}"
