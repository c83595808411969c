import argparse
parser = argparse.ArgumentParser()
parser.add_argument("--first", action="store_true", help="before the fault (with a bracket")
<<<<<<< HEAD
parser.add_argument("--ours", type=int, default=3)
=======
parser.add_argument("--theirs", type=int, default=4,
                    help="""over
lines)""")
>>>>>>> theirs
parser.add_argument("--half", action="store_true", help="never ends
parser.add_argument("--last", choices=["a", "b"])
def
