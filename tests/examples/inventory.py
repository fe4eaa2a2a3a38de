"""A shop's inventory kept in a text file: records with fields that check themselves, a journal, reports.

The file lies in a temporary folder of this program's own, which is removed at the end.
"""

import io
import os
import sys


class FieldError(ValueError):
    pass


class Field:
    """A checked attribute of a record."""

    def __init__(self, convert=str, default=None, check=None):
        self.convert, self.default, self.check = convert, default, check

    def __set_name__(self, owner, name):
        self.name = name

    def __get__(self, record, owner=None):
        if record is None:
            return self
        return record._values.get(self.name, self.default)

    def __set__(self, record, value):
        try:
            converted = self.convert(value)
        except (TypeError, ValueError) as error:
            raise FieldError(f"{self.name}: {value!r} is no {self.convert.__name__}") from error
        if self.check is not None and not self.check(converted):
            raise FieldError(f"{self.name}: {converted!r} is not allowed")
        record._values[self.name] = converted


class RecordType(type):
    """Collects the fields of a record class, those of its bases first."""

    def __new__(meta, name, bases, namespace, **keywords):
        cls = super().__new__(meta, name, bases, namespace)
        fields = {}
        for base in reversed(cls.__mro__):
            fields |= {key: value for key, value in vars(base).items() if isinstance(value, Field)}
        cls.fields = fields
        return cls

    def __init__(cls, name, bases, namespace, tag=None):
        super().__init__(name, bases, namespace)
        if tag is not None:
            cls.tag = tag
            RecordType.registry[tag] = cls

    registry = {}


class Record(metaclass=RecordType):
    def __init__(self, **values):
        self._values = {}
        unknown = values.keys() - self.fields.keys()
        if unknown:
            raise FieldError(f"unknown: {', '.join(sorted(unknown))}")
        for name, value in values.items():
            setattr(self, name, value)

    def __repr__(self):
        inner = ", ".join(f"{name}={getattr(self, name)!r}" for name in self.fields)
        return f"{type(self).__name__}({inner})"

    def __eq__(self, other):
        if not isinstance(other, Record):
            return NotImplemented
        return self.line() == other.line()

    def line(self):
        """The record as one line of the file; tabs and newlines in it are escaped."""
        parts = [self.tag]
        for name in self.fields:
            text = str(getattr(self, name))
            parts.append(text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n"))
        return "\t".join(parts)

    @staticmethod
    def from_line(line):
        tag, *texts = line.rstrip("\n").split("\t")
        cls = RecordType.registry.get(tag)
        if cls is None:
            raise FieldError(f"unknown kind of record {tag!r}")
        if len(texts) != len(cls.fields):
            raise FieldError(f"{tag}: {len(cls.fields)} fields wanted, {len(texts)} found")
        return cls(**{name: unescape(text) for name, text in zip(cls.fields, texts)})


def unescape(text):
    out, escaped = [], False
    for c in text:
        if escaped:
            out.append({"t": "\t", "n": "\n"}.get(c, c))
            escaped = False
        elif c == "\\":
            escaped = True
        else:
            out.append(c)
    return "".join(out)


def positive(number):
    return number >= 0


class Item(Record, tag="item"):
    name = Field(check=bool)
    price = Field(int, 0, positive)
    count = Field(int, 0, positive)

    @property
    def value(self):
        return self.price * self.count


class Perishable(Item, tag="food"):
    days = Field(int, 7, lambda days: 0 <= days <= 365)


class Inventory:
    def __init__(self, path):
        self.path = path
        self.items = {}
        self.journal = io.StringIO()

    def note(self, text, *, to=None):
        print(text, file=to or self.journal)

    def add(self, item):
        if item.name in self.items:
            raise KeyError(item.name)
        self.items[item.name] = item
        self.note(f"add {item.name}")
        return item

    def take(self, name, count=1):
        item = self.items[name]
        before = item.count
        try:
            item.count = before - count
        except FieldError as error:
            error.add_note(f"only {before} of {name} left")
            raise
        self.note(f"take {count} {name}")

    def transaction(self):
        return Transaction(self)

    def save(self):
        temporary = self.path + ".new"
        with open(temporary, "w", encoding="utf-8") as file:
            file.writelines(item.line() + "\n" for item in self.items.values())
        os.replace(temporary, self.path)
        return os.path.getsize(self.path)

    @classmethod
    def load(cls, path):
        inventory = cls(path)
        problems = []
        try:
            with open(path, encoding="utf-8") as file:
                for number, line in enumerate(file, 1):
                    if not line.strip() or line.startswith("#"):
                        continue
                    try:
                        inventory.add(Record.from_line(line))
                    except FieldError as error:
                        error.add_note(f"in line {number}")
                        problems.append(error)
        except FileNotFoundError as error:
            inventory.note(f"new: {error.strerror}")
        if problems:
            raise ExceptionGroup(f"{os.path.basename(path)} is damaged", problems)
        return inventory

    def report(self, out):
        width = max((len(name) for name in self.items), default=4)
        self.note(f"{'name':<{width}} {'price':>8} {'n':>4} {'value':>10}", to=out)
        self.note("-" * (width + 25), to=out)
        for item in sorted(self.items.values(), key=lambda item: (-item.value, item.name)):
            mark = "!" if isinstance(item, Perishable) and item.days < 3 else ""
            self.note(f"{item.name:<{width}} {item.price / 100:>8.2f} {item.count:>4} {item.value / 100:>10,.2f}{mark}", to=out)
        total = sum(item.value for item in self.items.values())
        self.note(f"{'total':<{width}} {total / 100:>24,.2f}", to=out)


class Transaction:
    """Undoes what was done to the inventory when its block fails."""

    def __init__(self, inventory):
        self.inventory = inventory

    def __enter__(self):
        items = self.inventory.items.values()
        self.before = {item.name: (item, dict(item._values)) for item in items}
        return self.inventory

    def __exit__(self, kind, error, traceback):
        if kind is None:
            self.inventory.note("commit")
            return False
        self.inventory.items.clear()
        for name, (item, values) in self.before.items():
            item._values = values
            self.inventory.items[name] = item
        self.inventory.note(f"rollback: {kind.__name__}")
        return issubclass(kind, FieldError)


def temporary_folder():
    base = os.environ.get("TMPDIR", "/tmp")
    for number in range(1000):
        path = os.path.join(base, f"inventory-{os.getpid()}-{number}")
        try:
            os.mkdir(path)
        except FileExistsError:
            continue
        return path
    raise RuntimeError("no free name")


def main(folder):
    path = os.path.join(folder, "shop.txt")
    shop = Inventory.load(path)
    shop.add(Item(name="hammer", price=1999, count=12))
    shop.add(Item(name="nails\t(box)", price=350, count=140))
    shop.add(Perishable(name="bread", price=420, count=9, days=2))
    shop.add(Perishable(name="käse", price=1250, count=4))
    print(shop.items["hammer"])
    print("bytes:", shop.save())

    again = Inventory.load(path)
    print(again.items == shop.items, list(again.items))
    print([type(item).__name__ for item in again.items.values()])
    again.report(sys.stdout)

    with again.transaction() as open_shop:
        open_shop.take("hammer", 2)
        open_shop.take("bread", 3)
    with again.transaction() as open_shop:
        open_shop.take("hammer", 5)
        open_shop.take("käse", 50)
    try:
        with again.transaction() as open_shop:
            open_shop.take("hammer", 5)
            open_shop.take("saw")
    except KeyError as error:
        print("no such thing:", error)
    try:
        again.take("bread", 100)
    except FieldError as error:
        print(error, error.__notes__)
    print({name: item.count for name, item in again.items.items()})
    print(again.journal.getvalue(), end="")

    for wrong in [{"name": ""}, {"name": "x", "price": "dear"}, {"name": "x", "colour": 1, "age": 2}, {"days": 400}]:
        try:
            print(Perishable(**wrong))
        except FieldError as error:
            print("refused:", error, "<-", repr(error.__cause__))

    with open(path, "a", encoding="utf-8") as file:
        file.write("# damaged on purpose\nitem\tsaw\t12\nitem\tsaw\t-1\t1\nrobot\tR2\n\nitem\tpliers\t5\t6\n")
    try:
        Inventory.load(path)
    except* FieldError as group:
        print(group.exceptions and str(group))
        for error in group.exceptions:
            print(" ", error, error.__notes__)
    print(sorted(os.listdir(folder)), list(Perishable.fields), sorted(RecordType.registry))


folder = temporary_folder()
try:
    main(folder)
finally:
    for name in os.listdir(folder):
        os.remove(os.path.join(folder, name))
    os.rmdir(folder)
    print("clean:", not os.path.exists(folder))
