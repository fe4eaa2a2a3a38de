"""Objects with many attributes: reading, writing, slots, properties, class attributes."""

from timing import measure


class Particle:
    gravity = 0.01

    def __init__(self, x, y):
        self.x = x
        self.y = y
        self.dx = 1.0
        self.dy = 0.5
        self.hits = 0

    @property
    def energy(self):
        return self.dx * self.dx + self.dy * self.dy


class Cell:
    __slots__ = ("value", "left", "right")

    def __init__(self, value):
        self.value = value
        self.left = self.right = None


def work():
    particles = [Particle(float(i), float(i % 7)) for i in range(100)]
    for _ in range(2000):
        for p in particles:
            p.x += p.dx
            p.y += p.dy
            p.dy -= p.gravity
            if p.y < 0.0:
                p.y = -p.y
                p.dy = -p.dy
                p.hits += 1
    energy = 0.0
    for _ in range(1000):
        for p in particles:
            energy += p.energy
    root = node = Cell(0)
    for i in range(200_000):
        node.right = Cell(i)
        node = node.right
        node.value += 1
    return round(sum(p.x for p in particles), 3), round(energy, 3), sum(p.hits for p in particles), node.value


measure(work, times=4)
