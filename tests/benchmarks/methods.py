"""Method calls: bound methods, super, inheritance, operators, a class made of small methods."""

from timing import measure


class Vector:
    def __init__(self, x, y):
        self.x, self.y = x, y

    def __add__(self, other):
        return Vector(self.x + other.x, self.y + other.y)

    def __eq__(self, other):
        return self.x == other.x and self.y == other.y

    def dot(self, other):
        return self.x * other.x + self.y * other.y


class Account:
    def __init__(self):
        self.balance = 0

    def deposit(self, amount):
        self.balance += amount
        return self

    @staticmethod
    def fee(amount):
        return amount // 10

    @classmethod
    def empty(cls):
        return cls()


class Savings(Account):
    def deposit(self, amount):
        return super().deposit(amount - self.fee(amount))


def work():
    total, one = Vector(0, 0), Vector(1, 2)
    dots = 0
    for i in range(250_000):
        total = total + one
        dots += total.dot(one)
        if total == one:
            dots += 1
    account = Savings.empty()
    deposit = account.deposit
    for i in range(250_000):
        account.deposit(i)
        deposit(1)
    return total.x, dots, account.balance


measure(work, times=2)
