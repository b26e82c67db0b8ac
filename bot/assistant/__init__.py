"""The assistant itself: Rasa in process, with stores, locks and actions of ours around it.

    from bot.assistant.assistant import Assistant
    assistant = Assistant.load(settings, engine)
    record = await assistant.answer("ai chủ trì nhiệm vụ 18?", conversation="zalo:123", metadata={"province": "hau-giang"})

Only the modules of this package and of `bot.nlu` import Rasa.
"""
