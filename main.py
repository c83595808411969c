"""SD Studio starts here: `python main.py`."""

from studio import bootstrap

if __name__ == "__main__":
    raise SystemExit(bootstrap.main())
