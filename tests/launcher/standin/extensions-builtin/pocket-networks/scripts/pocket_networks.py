from modules import shared

shared.marks["pocket-networks"] = True
