"""Sorting with a key function, with tuples, with strings, and without a key."""

from timing import measure


def work():
    seed, values = 12345, []
    for _ in range(60_000):
        seed = (seed * 1103515245 + 12345) % 2147483648
        values.append(seed)
    by_key = sorted(values, key=lambda v: v % 10_007)
    by_tuple = sorted((v % 97, -v) for v in values)
    by_text = sorted(map(str, values))
    plain = sorted(values, reverse=True)
    by_len = sorted(by_text, key=len)
    almost = sorted(plain + [5, 1, 3])
    top = max(values, key=lambda v: v ^ 0x55555555)
    return by_key[100], by_tuple[100], by_text[100], plain[100], by_len[0], almost[0], top


measure(work, times=4)
