def preload(parser):
    parser.add_argument("--pocket-networks-dir", type=str, default="models/Pocket", help="where small networks lie")
