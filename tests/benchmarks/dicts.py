"""Dict updates, lookups, deletions and walks, with string, int and tuple keys."""

from timing import measure


def work():
    counts, grid = {}, {}
    words = [f"word{i % 5003}" for i in range(20_011)]
    for _ in range(20):
        for word in words:
            counts[word] = counts.get(word, 0) + 1
    for i in range(200_000):
        grid[i % 997, i % 13] = i
        if i in counts:
            del counts[i]
        counts[i] = i
        if i > 1000:
            del counts[i - 1000]
    total = 0
    for _ in range(10):
        for key, value in grid.items():
            total += key[0] + value
    merged = {**counts, **{k: v for k, v in zip(words, range(100))}}
    return total, len(counts), len(grid), len(merged)


measure(work, times=5)
