"""Entry point of the stand-in web UI: prepares what is needed, then starts the program proper."""

from modules import launch_utils


def main() -> None:
    if not launch_utils.args.skip_prepare_environment:
        launch_utils.prepare_environment()
    launch_utils.start()


if __name__ == "__main__":
    main()
