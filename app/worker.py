"""What the background worker runs: `huey_consumer app.worker.huey`."""

from app import create_app

application = create_app()
huey = application.extensions["huey"]
