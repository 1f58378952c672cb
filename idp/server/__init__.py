"""The process: sockets, workers, signals, and uvicorn with bounds."""
