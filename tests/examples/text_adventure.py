"""A text adventure in a lighthouse. The player's input is scripted, so that every run is the same."""

import sys


class Observable:
    """An attribute that tells its owner when it changes."""

    def __init__(self, default=None):
        self.default = default

    def __set_name__(self, owner, name):
        self.name = name
        self.slot = "_" + name

    def __get__(self, instance, owner=None):
        if instance is None:
            return self
        return instance.__dict__.get(self.slot, self.default)

    def __set__(self, instance, value):
        before = self.__get__(instance)
        instance.__dict__[self.slot] = value
        if before != value:
            instance.changed(self.name, before, value)


class Thing:
    count = 0

    def __init__(self, name, text, *, portable=True, light=False):
        self.name, self.text = name, text
        self.portable, self.light = portable, light
        Thing.count += 1

    def __str__(self):
        article = "an" if self.name[0] in "aeiou" else "a"
        return f"{article} {self.name}"

    def use(self, game):
        return f"You turn the {self.name} over in your hands. Nothing happens."


class Lamp(Thing):
    def __init__(self):
        super().__init__("lamp", "An oil lamp of dented brass.")

    def use(self, game):
        if "oil" not in game.player:
            return "The lamp is dry."
        if self.light:
            return "The lamp is lit already."
        self.light = True
        game.player.drop("oil")
        game.score += 5
        return "You fill the lamp and light it. Shadows jump back."


class Key(Thing):
    def __init__(self, name, opens):
        super().__init__(name, f"It is marked: {opens}.")
        self.opens = opens

    def use(self, game):
        for way, exit in game.room.exits.items():
            if exit.lock == self.opens:
                exit.lock = None
                game.score += 10
                return f"The lock to the {way} gives way."
        return "There is nothing here that it fits."


class Exit:
    def __init__(self, to, lock=None):
        self.to, self.lock = to, lock


class Container:
    """Things by name, in the order in which they came."""

    def __init__(self, *things):
        self._things = {thing.name: thing for thing in things}

    def __contains__(self, name):
        return name in self._things

    def __iter__(self):
        yield from self._things.values()

    def __len__(self):
        return len(self._things)

    def __getitem__(self, name):
        try:
            return self._things[name]
        except KeyError:
            raise GameError(f"There is no {name} here.") from None

    def add(self, thing):
        self._things[thing.name] = thing

    def drop(self, name):
        thing = self[name]
        del self._things[name]
        return thing


class Room(Container):
    def __init__(self, name, text, *things, dark=False):
        super().__init__(*things)
        self.name, self.text, self.dark = name, text, dark
        self.exits = {}
        self.visits = 0

    def join(self, way, other, lock=None):
        back = {"north": "south", "east": "west", "up": "down"}
        self.exits[way] = Exit(other, lock)
        other.exits[{**back, **{v: k for k, v in back.items()}}[way]] = Exit(self, lock)
        return other


class Player(Container):
    LIMIT = 4

    def add(self, thing):
        if len(self) >= self.LIMIT:
            raise GameError("Your hands are full.")
        super().add(thing)


class GameError(Exception):
    """Something that the player cannot do; its text is the answer."""


class GameOver(Exception):
    pass


def command(*words):
    """Marks a method as the action of these verbs."""

    def mark(method):
        method.verbs = words
        return method

    return mark


class Game:
    room = Observable()
    score = Observable(0)

    def __init__(self):
        self.log = []
        self.player = Player()
        self.turns = 0
        self.verbs = {}
        for name in sorted(dir(type(self))):
            member = getattr(type(self), name)
            for verb in getattr(member, "verbs", ()):
                self.verbs[verb] = member
        self.room = self.build()

    def changed(self, name, before, value):
        if name == "score":
            self.log.append(f"[score {before} -> {value}]")
        elif name == "room" and before is not None:
            self.log.append(f"[{before.name} -> {value.name}]")

    def build(self):
        beach = Room("beach", "Wet sand and the noise of the sea.", Thing("shell", "It hums."))
        cellar = Room("cellar", "Stone shelves, mostly empty.", Thing("oil", "A flask of whale oil."), dark=True)
        hall = Room("hall", "A round hall; stairs wind upwards.", Lamp(), Thing("chest", "Far too heavy.", portable=False))
        stairs = Room("stairs", "Two hundred steps.", Key("iron key", "lantern room"), dark=True)
        lantern = Room("lantern room", "Glass on all sides. The great lamp waits.")
        beach.join("north", hall)
        hall.join("down", cellar)
        hall.join("up", stairs)
        stairs.join("up", lantern, lock="lantern room")
        cellar.add(Thing("apple", "Last year's."))
        return beach

    @property
    def can_see(self):
        lights = (thing for place in (self.player, self.room) for thing in place if thing.light)
        return not self.room.dark or next(lights, None) is not None

    def describe(self):
        room = self.room
        if not self.can_see:
            return "It is pitch dark."
        parts = [f"{room.name.title()}. {room.text}" if room.visits < 2 else f"{room.name.title()}."]
        if len(room):
            *most, last = [str(thing) for thing in room]
            listed = f"{', '.join(most)} and {last}" if most else last
            parts.append(f"You see {listed}.")
        ways = sorted(way + ("*" if exit.lock else "") for way, exit in room.exits.items())
        parts.append(f"Ways: {', '.join(ways)}.")
        return " ".join(parts)

    @command("go", "walk")
    def go(self, way):
        exit = self.room.exits.get(way)
        if exit is None:
            raise GameError(f"There is no way {way or 'to nowhere'}.")
        if exit.lock:
            raise GameError("That way is locked.")
        self.room = exit.to
        self.room.visits += 1
        if self.room.name == "lantern room":
            self.score += 20
        return self.describe()

    @command("take", "get")
    def take(self, name):
        if not self.can_see:
            raise GameError("You grope about and find nothing.")
        if not self.room[name].portable:
            raise GameError(f"The {name} does not move.")
        thing = self.room.drop(name)
        try:
            self.player.add(thing)
        except GameError:
            self.room.add(thing)
            raise
        return f"You take the {name}."

    @command("drop")
    def drop(self, name):
        self.room.add(self.player.drop(name))
        return f"You put the {name} down."

    @command("look", "l")
    def look(self, name=""):
        if not name:
            return self.describe()
        place = self.player if name in self.player else self.room
        return place[name].text

    @command("use", "light")
    def use(self, name):
        return self.player[name].use(self)

    @command("inventory", "i")
    def inventory(self, _=""):
        return "You carry " + (", ".join(map(str, self.player)) or "nothing") + "."

    @command("quit")
    def quit(self, _=""):
        raise GameOver("You sit down and wait for the morning.")

    def answer(self, line):
        match line.lower().split():
            case []:
                raise GameError("Say something.")
            case [("north" | "south" | "up" | "down") as way]:
                return self.go(way)
            case [verb, *rest] if verb in self.verbs:
                words = " ".join(word for word in rest if word not in ("the", "a", "at"))
                return self.verbs[verb](self, words)
            case [verb, *_]:
                raise GameError(f"How does one {verb}?")

    def play(self, lines):
        """Yields what is shown for each line; ends with the game."""
        yield self.describe()
        for line in lines:
            self.turns += 1
            yield f"> {line}"
            try:
                yield self.answer(line)
            except GameError as error:
                yield str(error)
            except GameOver as error:
                yield error.args[0]
                break
            finally:
                while self.log:
                    yield "  " + self.log.pop(0)
            if self.room.name == "lantern room":
                yield "You light the great lamp. Far out, a ship turns."
                return "won"
        return "left"


SCRIPT = """
look
take the shell
take crown
dance

north
take chest
take lamp
look at lamp
use lamp
down
take oil
up
i
drop shell
use shell
take shell
look
light lamp
quit
north
"""

SOLUTION = """north
take lamp
drop lamp
get lamp
down
look
up
drop lamp
up
up
take iron key
down
down
quit"""


class LitGame(Game):
    """The same house, with the lamp burning from the start."""

    def build(self):
        first = super().build()
        for exit in first.exits.values():
            exit.to["lamp"].light = True
        return first


def session(game, script):
    shown = game.play(script.strip().splitlines())
    while True:
        try:
            text = next(shown)
        except StopIteration as end:
            print(f"-- {end.value} after {game.turns} turns with {game.score} points")
            return
        sys.stdout.write(text + "\n")


def main():
    session(Game(), SCRIPT)
    session(LitGame(), SOLUTION)
    session(LitGame(), "north\ntake lamp\ndown\ntake oil\ntake apple\nlight lamp\nup\nup\ntake iron key\nuse lamp\nup\nuse iron key\nuse iron key\nup")
    print("things made:", Thing.count)
    print(sorted(Game().verbs))
    print(type(Game.room).__name__, Game.score.default, Game.room.slot)


main()
