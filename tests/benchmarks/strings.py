"""String building: concatenation, join, formatting, slicing, splitting, searching."""

from timing import measure


def work():
    parts, text = [], ""
    for i in range(150_000):
        parts.append(f"{i:05d}:{i * 7 % 1000}")
        text += "ab"
        if i % 100 == 0:
            text = text[-50:]
    joined = ",".join(parts)
    count = 0
    for part in joined.split(","):
        left, _, right = part.partition(":")
        if right.startswith("9") and "5" in left:
            count += len(part.upper().replace("0", "oo").strip("9"))
    for i in range(100_000):
        count += len("%s-%d" % ("name", i))
    return count, len(joined), text[:4]


measure(work, times=3)
