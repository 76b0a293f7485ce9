"""The face: command line (and later the studio). Holds no science."""
