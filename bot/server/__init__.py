"""`troly serve`: the web server with its webhooks, the widget's API, health and metrics, and the work that goes on behind it."""
