"""The web UI from outside: Git, installs, processes, environments, diagnosis; without Qt and without torch."""
