"""Orders of the nodes of a graph in which each comes after those that it depends on."""

from types import GenericAlias

__all__ = ["TopologicalSorter", "CycleError"]

_OUT, _DONE = -1, -2


class _Node:
    __slots__ = 'node', 'waits_for', 'successors'

    def __init__(self, node):
        self.node = node
        # How many of those before it are not done; or _OUT or _DONE.
        self.waits_for = 0
        self.successors = []


class CycleError(ValueError):
    """The graph has a cycle: the second argument, a list of nodes that begins and ends with the same."""


class TopologicalSorter:
    """A graph: a mapping of nodes to those that come before them."""

    def __init__(self, graph=None):
        self._nodes = {}
        self._ready = None
        self._out_count = self._done_count = 0
        if graph is not None:
            for node, predecessors in graph.items():
                self.add(node, *predecessors)

    def _get(self, node):
        found = self._nodes.get(node)
        if found is None:
            self._nodes[node] = found = _Node(node)
        return found

    def add(self, node, *predecessors):
        """Adds a node, and nodes that come before it."""
        if self._ready is not None:
            raise ValueError("Nodes cannot be added after a call to prepare()")
        info = self._get(node)
        info.waits_for += len(predecessors)
        for one in predecessors:
            self._get(one).successors.append(node)

    def prepare(self):
        """Ends adding; raises CycleError where there is a cycle."""
        if self._out_count > 0:
            raise ValueError("cannot prepare() after starting sort")
        if self._ready is None:
            self._ready = [info.node for info in self._nodes.values() if info.waits_for == 0]
        cycle = self._find_cycle()
        if cycle:
            raise CycleError("nodes are in a cycle", cycle)

    def get_ready(self):
        """The nodes that can be taken now and were not given before."""
        if self._ready is None:
            raise ValueError("prepare() must be called first")
        result = tuple(self._ready)
        for node in result:
            self._nodes[node].waits_for = _OUT
        self._ready.clear()
        self._out_count += len(result)
        return result

    def is_active(self):
        """Whether there is more to take or to be done."""
        if self._ready is None:
            raise ValueError("prepare() must be called first")
        return self._done_count < self._out_count or bool(self._ready)

    def __bool__(self):
        return self.is_active()

    def done(self, *nodes):
        """Says that nodes which were given are done; what waited for them may become ready."""
        if self._ready is None:
            raise ValueError("prepare() must be called first")
        for node in nodes:
            info = self._nodes.get(node)
            if info is None:
                raise ValueError(f"node {node!r} was not added using add()")
            if info.waits_for >= 0:
                raise ValueError(f"node {node!r} was not passed out (still not ready)")
            if info.waits_for == _DONE:
                raise ValueError(f"node {node!r} was already marked done")
            info.waits_for = _DONE
            self._done_count += 1
            for name in info.successors:
                successor = self._nodes[name]
                successor.waits_for -= 1
                if successor.waits_for == 0:
                    self._ready.append(name)

    def _find_cycle(self):
        path, place, seen = [], {}, set()
        for start in self._nodes:
            if start in seen:
                continue
            node, pending = start, []
            while True:
                if node in seen:
                    if node in place:
                        return path[place[node]:] + [node]
                else:
                    seen.add(node)
                    place[node] = len(path)
                    path.append(node)
                    pending.append(iter(self._nodes[node].successors))
                # To the next successor of the last node that has one.
                while path:
                    try:
                        node = next(pending[-1])
                        break
                    except StopIteration:
                        del place[path.pop()]
                        pending.pop()
                else:
                    break
        return None

    def static_order(self):
        """Gives all nodes in an order."""
        self.prepare()
        while self.is_active():
            nodes = self.get_ready()
            yield from nodes
            self.done(*nodes)

    __class_getitem__ = classmethod(GenericAlias)
