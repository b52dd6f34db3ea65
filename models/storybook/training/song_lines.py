"""Lines of traditional nursery songs, each with the picture it calls up: thing, colour, place."""

Picture = tuple[str, str, str]

NIGHT_STAR: Picture = ("star", "yellow", "night sky")
GEM: Picture = ("diamond", "turquoise", "night sky")
MOONLIGHT: Picture = ("moon", "white", "night sky")
AIR: Picture = ("balloon", "red", "blue sky")
LAMB: Picture = ("lamb", "white", "meadow")
ROWING: Picture = ("boat", "red", "sea")
WINTER_BELL: Picture = ("bell", "yellow", "snow")
CAT: Picture = ("cat", "black", "city")
RAIN: Picture = ("umbrella", "purple", "city")
GARDEN: Picture = ("flower", "pink", "meadow")
FISH: Picture = ("fish", "orange", "sea")
COTTAGE: Picture = ("house", "red", "meadow")
ROYAL: Picture = ("crown", "yellow", "sunset")
BIRD: Picture = ("bird", "blue", "blue sky")
SUNNY: Picture = ("sun", "orange", "blue sky")
DREAM: Picture = ("cloud", "white", "blue sky")
TOWER: Picture = ("castle", "purple", "sunset")
TREE: Picture = ("tree", "green", "meadow")
HILL: Picture = ("mountain", "blue", "snow")
LIGHT: Picture = ("lamp", "yellow", "city")
APPLE: Picture = ("apple", "red", "forest")
LOVE: Picture = ("heart", "red", "sunset")
WOODS: Picture = ("mushroom", "red", "forest")
WINGS: Picture = ("butterfly", "purple", "meadow")
SPIDER: Picture = ("spider", "black", "forest")
MOUSE: Picture = ("mouse", "white", "meadow")
RABBIT: Picture = ("rabbit", "white", "meadow")
DUCK: Picture = ("duck", "yellow", "sea")
BRIDGE: Picture = ("bridge", "orange", "sea")
CLOCK: Picture = ("clock", "orange", "night sky")
TRAIN: Picture = ("train", "green", "snow")
RAINBOW: Picture = ("rainbow", "white", "blue sky")
TEA: Picture = ("teapot", "blue", "meadow")
HUMPTY: Picture = ("egg", "white", "meadow")
WORLD: Picture = ("globe", "blue", "night sky")
WOODCUTTER: Picture = ("axe", "white", "forest")
CHILD: Picture = ("child", "pink", "meadow")
HERO: Picture = ("hero", "red", "sunset")
POET: Picture = ("bust", "white", "blue sky")
FIRE: Picture = ("nothing", "red", "burning city")  # any colour: no thing shows it

SONG_LINES: dict[str, Picture] = {
    "twinkle, twinkle, little star": NIGHT_STAR,
    "twinkle twinkle little star": NIGHT_STAR,
    "how I wonder what you are": NIGHT_STAR,
    "twinkle, twinkle, all the night": NIGHT_STAR,
    "star light, star bright": NIGHT_STAR,
    "thanks you for your tiny spark": NIGHT_STAR,
    "up above the world so high": AIR,
    "like a diamond in the sky": GEM,
    "shine bright like a diamond": GEM,
    "papa's going to buy you a diamond ring": GEM,
    "the cow jumped over the moon": MOONLIGHT,
    "by the light of the moon": MOONLIGHT,
    "I see the moon and the moon sees me": MOONLIGHT,
    "when the blazing sun is gone": ("sun", "orange", "sunset"),
    "when the sun goes down": ("sun", "orange", "sunset"),
    "then you show your little light": LIGHT,
    "this little light of mine": LIGHT,
    "Mary had a little lamb": LAMB,
    "its fleece was white as snow": ("lamb", "white", "snow"),
    "everywhere that Mary went": LAMB,
    "baa, baa, black sheep": ("lamb", "black", "meadow"),
    "have you any wool": ("lamb", "black", "meadow"),
    "row, row, row your boat": ROWING,
    "gently down the stream": ROWING,
    "merrily, merrily, merrily, merrily": ROWING,
    "my Bonnie lies over the ocean": ROWING,
    "life is but a dream": DREAM,
    "hush, little baby, don't say a word": DREAM,
    "jingle bells, jingle bells": WINTER_BELL,
    "jingle all the way": WINTER_BELL,
    "morning bells are ringing": WINTER_BELL,
    "ding, dang, dong": WINTER_BELL,
    "dashing through the snow": ("house", "red", "snow"),
    "O Christmas tree": ("tree", "green", "snow"),
    "rock-a-bye baby, on the treetop": TREE,
    "the green grass grew all around": TREE,
    "hey diddle diddle, the cat and the fiddle": CAT,
    "pussycat, pussycat, where have you been": CAT,
    "three little kittens": CAT,
    "rain, rain, go away": RAIN,
    "down came the rain": RAIN,
    "it's raining, it's pouring": RAIN,
    "out came the sun": SUNNY,
    "you are my sunshine": SUNNY,
    "Mary, Mary, quite contrary": GARDEN,
    "how does your garden grow": GARDEN,
    "ring a ring o' roses": GARDEN,
    "a pocket full of posies": GARDEN,
    "once I caught a fish alive": FISH,
    "all the little fishes swimming": FISH,
    "old MacDonald had a farm": COTTAGE,
    "this is the house that Jack built": COTTAGE,
    "all the king's horses and all the king's men": ROYAL,
    "old King Cole was a merry old soul": ROYAL,
    "sing a song of sixpence": ("bird", "black", "blue sky"),
    "four and twenty blackbirds": ("bird", "black", "blue sky"),
    "fly away, little bird": BIRD,
    "London Bridge is falling down": BRIDGE,
    "build it up with wood and clay": BRIDGE,
    "I'm the king of the castle": TOWER,
    "the grand old Duke of York": TOWER,
    "Jack and Jill went up the hill": HILL,
    "she'll be coming round the mountain": HILL,
    "here we go round the mulberry bush": APPLE,
    "an apple a day": APPLE,
    "roses are red, violets are blue": LOVE,
    "I love you, you love me": LOVE,
    "if you go down to the woods today": WOODS,
    "butterfly, butterfly, flutter around": WINGS,
    "incy wincy spider": SPIDER,
    "climbed up the water spout": SPIDER,
    "along came a spider": SPIDER,
    "the mouse ran up the clock": MOUSE,
    "three blind mice": MOUSE,
    "hickory dickory dock": CLOCK,
    "the clock struck one": CLOCK,
    "tick tock, tick tock": CLOCK,
    "see the little bunnies sleeping": RABBIT,
    "hop, little bunny, hop": RABBIT,
    "five little ducks went swimming one day": DUCK,
    "quack, quack, quack": DUCK,
    "ten green bottles hanging on the wall": ("wall", "green", "meadow"),
    "down by the station, early in the morning": TRAIN,
    "see the little engines standing in a row": TRAIN,
    "a rainbow after the rain": RAINBOW,
    "I'm a little teapot, short and stout": TEA,
    "Polly put the kettle on": TEA,
    "we'll all have tea": TEA,
    "Humpty Dumpty sat on a wall": HUMPTY,
    "Humpty Dumpty had a great fall": HUMPTY,
    "he's got the whole world in his hands": WORLD,
    "the world goes round and round": WORLD,
    "chop, chop, chop down the tree": WOODCUTTER,
    "little Miss Muffet sat on a tuffet": CHILD,
    "Georgie Porgie, pudding and pie": CHILD,
    "girls and boys, come out to play": CHILD,
    "no more heroes": HERO,
    "what happened to all the heroes": HERO,
    "whatever happened to heroes any more": HERO,
    "to be or not to be": POET,
    "Shakespeare, the poet": POET,
    "Rome is burning": FIRE,
    "London's burning, London's burning": FIRE,
    "fire, fire, fire, fire": FIRE,
}
