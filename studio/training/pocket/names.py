"""The things that the pocket model is to know: as many common ones as a processor can teach it in some hours."""

FACES = (
    "grinning face", "winking face", "smiling face with heart-eyes", "smiling face with sunglasses",
    "face with tears of joy", "thinking face", "cowboy hat face", "crying face", "angry face", "enraged face",
    "nauseated face", "cold face", "skull", "clown face", "ghost", "alien", "robot",
)  # fmt: skip
ANIMALS = (
    "cat face", "black cat", "dog face", "dog", "lion", "tiger face", "fox", "bear", "koala", "panda", "pig face",
    "cow face", "horse face", "unicorn", "zebra", "giraffe", "elephant", "mouse face", "rabbit face", "hedgehog",
    "monkey face", "frog", "turtle", "snake", "t-rex", "spouting whale", "dolphin", "tropical fish", "blowfish",
    "shark", "octopus", "crab", "snail", "butterfly", "honeybee", "lady beetle", "penguin", "owl", "duck",
    "flamingo", "parrot", "rooster", "baby chick",
)  # fmt: skip
PLANTS = (
    "rose", "sunflower", "tulip", "cherry blossom", "cactus", "evergreen tree", "deciduous tree", "palm tree",
    "four leaf clover", "maple leaf", "mushroom", "potted plant",
)  # fmt: skip
FOOD = (
    "grapes", "watermelon", "tangerine", "lemon", "banana", "pineapple", "red apple", "green apple", "pear", "peach",
    "cherries", "strawberry", "tomato", "avocado", "eggplant", "carrot", "ear of corn", "hot pepper", "broccoli",
    "bread", "croissant", "pretzel", "cheese wedge", "hamburger", "french fries", "pizza", "hot dog", "egg",
    "popcorn", "sushi", "rice ball", "ice cream", "doughnut", "cookie", "birthday cake", "cupcake", "lollipop",
    "hot beverage", "wine glass", "beer mug",
)  # fmt: skip
SKY = (
    "sun", "star", "cloud", "cloud with rain", "cloud with lightning", "rainbow", "snowflake", "snowman", "fire",
    "droplet", "ringed planet", "volcano",
)  # fmt: skip
VEHICLES = (
    "automobile", "bus", "taxi", "police car", "fire engine", "tractor", "bicycle", "motorcycle", "locomotive",
    "airplane", "helicopter", "rocket", "sailboat", "flying saucer",
)  # fmt: skip
OBJECTS = (
    "house", "castle", "tent", "umbrella", "guitar", "trumpet", "drum", "soccer ball", "basketball", "trophy",
    "balloon", "wrapped gift", "christmas tree", "jack-o-lantern", "teddy bear", "crown", "sunglasses", "t-shirt",
    "top hat", "key", "light bulb", "candle", "bell", "closed book", "pencil", "scissors", "hammer", "camera",
    "television", "alarm clock", "bomb", "gem stone", "red heart", "anchor",
)  # fmt: skip
COMMON = (*FACES, *ANIMALS, *PLANTS, *FOOD, *SKY, *VEHICLES, *OBJECTS)
