"""The web studio: a local face of the same answers as the command line, for people who never open a terminal.

The server process stays light (no numpy, no model); whatever simulates, reads a store or draws runs in engine
processes (`app.studio.engine`), and comes back as plain data.
"""
