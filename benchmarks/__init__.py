"""How fast and how large the assistant is, beside the pipeline that `rasa init` generates. Run by `./troly bench`."""
