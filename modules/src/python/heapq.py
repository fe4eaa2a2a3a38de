"""Heaps in lists: item k is not greater than items 2k+1 and 2k+2, so the least is first."""

__all__ = ["heappush", "heappop", "heapify", "heapreplace", "heappushpop", "heappush_max", "heappop_max",
           "heapify_max", "heapreplace_max", "heappushpop_max", "nlargest", "nsmallest", "merge"]


def _check(heap, function, place=" 1"):
    if not isinstance(heap, list):
        raise TypeError(f"{function}() argument{place} must be list, not {type(heap).__name__}")


def _siftdown(heap, start, position):
    # Moves the item at `position` up to where its parent is not greater.
    item = heap[position]
    while position > start:
        above = (position - 1) >> 1
        parent = heap[above]
        if not item < parent:
            break
        heap[position] = parent
        position = above
    heap[position] = item


def _siftup(heap, position):
    # Moves the item at `position` down to a leaf along the lesser children, then up to its place: cheaper than
    # comparing it at every step, as it most often belongs near the bottom.
    start = position
    end = len(heap)
    item = heap[position]
    child = 2 * position + 1
    while child < end:
        right = child + 1
        if right < end and not heap[child] < heap[right]:
            child = right
        heap[position] = heap[child]
        position = child
        child = 2 * position + 1
    heap[position] = item
    _siftdown(heap, start, position)


def heappush(heap, item, /):
    """Add an item."""
    _check(heap, "heappush")
    heap.append(item)
    _siftdown(heap, 0, len(heap) - 1)


def heappop(heap, /):
    """Remove the least item and return it."""
    _check(heap, "heappop", "")
    if not heap:
        raise IndexError("index out of range")
    last = heap.pop()
    if not heap:
        return last
    least = heap[0]
    heap[0] = last
    _siftup(heap, 0)
    return least


def heapreplace(heap, item, /):
    """Remove the least item and return it, after which `item` is added."""
    _check(heap, "heapreplace")
    if not heap:
        raise IndexError("index out of range")
    least = heap[0]
    heap[0] = item
    _siftup(heap, 0)
    return least


def heappushpop(heap, item, /):
    """Add `item`, then remove the least item and return it."""
    _check(heap, "heappushpop")
    if heap and heap[0] < item:
        item, heap[0] = heap[0], item
        _siftup(heap, 0)
    return item


def heapify(heap, /):
    """Arrange a list as a heap, in linear time."""
    _check(heap, "heapify", "")
    for position in reversed(range(len(heap) // 2)):
        _siftup(heap, position)


def _siftdown_max(heap, start, position):
    item = heap[position]
    while position > start:
        above = (position - 1) >> 1
        parent = heap[above]
        if not parent < item:
            break
        heap[position] = parent
        position = above
    heap[position] = item


def _siftup_max(heap, position):
    start = position
    end = len(heap)
    item = heap[position]
    child = 2 * position + 1
    while child < end:
        right = child + 1
        if right < end and not heap[right] < heap[child]:
            child = right
        heap[position] = heap[child]
        position = child
        child = 2 * position + 1
    heap[position] = item
    _siftdown_max(heap, start, position)


def heappush_max(heap, item, /):
    """heappush for a heap whose greatest item is first."""
    _check(heap, "heappush_max")
    heap.append(item)
    _siftdown_max(heap, 0, len(heap) - 1)


def heappop_max(heap, /):
    """heappop for a heap whose greatest item is first."""
    _check(heap, "heappop_max", "")
    if not heap:
        raise IndexError("index out of range")
    last = heap.pop()
    if not heap:
        return last
    greatest = heap[0]
    heap[0] = last
    _siftup_max(heap, 0)
    return greatest


def heapreplace_max(heap, item, /):
    """heapreplace for a heap whose greatest item is first."""
    _check(heap, "heapreplace_max")
    if not heap:
        raise IndexError("index out of range")
    greatest = heap[0]
    heap[0] = item
    _siftup_max(heap, 0)
    return greatest


def heappushpop_max(heap, item, /):
    """heappushpop for a heap whose greatest item is first."""
    _check(heap, "heappushpop_max")
    if heap and item < heap[0]:
        item, heap[0] = heap[0], item
        _siftup_max(heap, 0)
    return item


def heapify_max(heap, /):
    """heapify for a heap whose greatest item is first."""
    _check(heap, "heapify_max", "")
    for position in reversed(range(len(heap) // 2)):
        _siftup_max(heap, position)


for _function in (heappush, heappop, heapreplace, heappushpop, heapify, heappush_max, heappop_max, heapreplace_max,
                  heappushpop_max, heapify_max):
    _function.__module__ = "_heapq"
del _function

_heapify_max = heapify_max
_heappop_max = heappop_max
_heappush_max = heappush_max
_heappushpop_max = heappushpop_max
_heapreplace_max = heapreplace_max


def merge(*iterables, key=None, reverse=False):
    """Iterate over sorted inputs in one sorted order, without reading them whole."""
    arrange, pop, replace = (heapify_max, heappop_max, heapreplace_max) if reverse else (
        heapify, heappop, heapreplace)
    direction = -1 if reverse else 1
    # Entries: [key, tie breaker by input, item, next of the input]. No two are equal in the first two places.
    heap = []
    for order, iterable in enumerate(iterables):
        step = iter(iterable).__next__
        try:
            item = step()
        except StopIteration:
            continue
        heap.append([item if key is None else key(item), order * direction, item, step])
    arrange(heap)
    while heap:
        entry = heap[0]
        try:
            while True:
                yield entry[2]
                entry[2] = item = entry[3]()
                entry[0] = item if key is None else key(item)
                replace(heap, entry)
                entry = heap[0]
        except StopIteration:
            pop(heap)


def nsmallest(n, iterable, key=None):
    """The n least items, least first: as sorted(iterable, key=key)[:n]."""
    return sorted(iterable, key=key)[:max(n, 0)]


def nlargest(n, iterable, key=None):
    """The n greatest items, greatest first: as sorted(iterable, key=key, reverse=True)[:n]."""
    return sorted(iterable, key=key, reverse=True)[:max(n, 0)]
