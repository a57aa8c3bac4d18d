"""The forms in which people hand in a gradient, each brought to that of the text.

In the text w, b and δ have the numbers of the layers, 2 to L, w[l] has one row for each neuron of
layer l, and there is one column for each sample. Nielsen returns lists, b first; Ng numbers the
weights from 1, or joins b and w to Θ; many libraries have one row for each sample. Names, numbers
and shapes decide, never the values; these only tell whether of two things one is a mere copy.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import permutations
from typing import Any

import numpy as np

__all__ = ["Entries", "Layout", "keys", "read_layout"]

# Without the signs between their letters, and in lower case.
WHAT = {
    "w": "w|ws|weights?|coefs?",
    "b": "b|bs|bias|biases|intercepts?",
    "delta": "deltas?|δs?",
    "z": "z|zs|weightedinputs?",
    "a": "a|as|activations?",
    "theta": "d|thetas?|θ",
    "grad": "grads?|gradients?",
}
NAME = re.compile(
    r"(?P<before>(d(c|j|l|e|cost|loss)?)?d|delta(nabla)?|δ|nabla|grads?|gradients?)?"
    f"({'|'.join(f'(?P<{part}>{names})' for part, names in WHAT.items())})"
    r"(?P<after>grads?|gradients?)?(?P<number>\d*)(?P<last>grads?|gradients?)?"
)
POSITIONS = ("b", "w", "delta", "z", "a")  # where shapes do not decide, lists are Nielsen's
AMBIGUOUS = (
    "read so, though the shapes allow another way, too: names, as in a dict with the keys "
    '"w" and "b", make it certain'
)
ORDINALS = ("first", "second", "third", "fourth", "fifth")

Entries = dict[int, Any]


@dataclass
class Layout:
    """What was found, by layer of the text.

    Attributes
    ----------
    parts : dict of str to dict of int to anything
        The entries of "w", "b", "delta", "z" and "a", in the layout of the text if they fit it.
    unnumbered : dict of str to str
        The parts whose entries belong to no layer in particular, and what they are.
    understood : list of str
        A sentence for each thing that is not as in the text.
    rows : bool
        Whether there was one row for each sample.
    """

    parts: dict[str, Entries] = field(default_factory=dict)
    unnumbered: dict[str, str] = field(default_factory=dict)
    understood: list[str] = field(default_factory=list)
    rows: bool = False


@dataclass
class Found:
    """One part, before its layers are known; `names` are those of its entries, or its own."""

    value: Any
    names: str | dict[int, str] | None = None


@dataclass
class Size:
    """Of the network, and of the batch."""

    sizes: tuple[int, ...]
    m: int

    @property
    def L(self) -> int:
        return len(self.sizes)

    def shape(self, part: str, l: int) -> tuple[int, int]:
        n, n_before = self.sizes[l - 1], self.sizes[l - 2]
        return {"w": (n, n_before), "b": (n, 1), "theta": (n, n_before + 1)}.get(part, (n, self.m))

    def fit(self, part: str, l: int, value: Any, *, rows: bool) -> int:
        """2 for the shape of the part, 1 for one with a slip or a column more, otherwise 0."""
        step = -1 if rows else 1
        right, similar = self.shape(part, l), self.shape("theta" if part == "w" else "delta", l)
        shape = _shape(value)
        if shape == right[::step] or (part == "b" and shape == right[:1]):
            return 2
        return int(shape == similar[::step])

    def could_be(self, part: str, l: int, value: Any) -> bool:
        return any(self.fit(part, l, value, rows=rows) for rows in (False, True))


def read_layout(returned: Any, sizes: tuple[int, ...], m: int) -> Layout | None:
    """Find w, b, δ, z and a in what a function has returned.

    Parameters
    ----------
    returned : anything
    sizes : tuple of int
        n_1, …, n_L.
    m : int
        Number of samples.

    Returns
    -------
    Layout or None
        None if there is no w in it.
    """
    layout, size = Layout(), Size(sizes, m)
    found = _find(returned, size, layout.understood)
    if "w" not in found:
        return None
    names, numbers, twice, outside = [], {}, [], []
    for part, each in found.items():
        own_name = each.names if isinstance(each.names, str) else part
        if part in ("w", "b", "delta"):
            twice += _same_number(own_name, each.value)
        by_layer = _by_layer(part, each.value, size)
        if by_layer is None:
            layout.unnumbered[part] = _kind(each.value)
            continue
        entries, shift = by_layer
        first = 1 if part == "a" else 2
        outside += [
            each.names[l - shift] if isinstance(each.names, dict) else f"{own_name}[{l - shift}]"
            for l, value in entries.items()
            if (l > size.L or (l < 2 and part in ("w", "b"))) and _is_filled(value)
        ]
        entries = {l: value for l, value in entries.items() if first <= l <= size.L}
        layout.parts[part] = entries
        if part in ("z", "a") or each.names is None or not entries:
            continue
        ends = sorted({min(entries), max(entries)})
        if isinstance(each.names, dict):
            own = " to ".join(each.names[l - shift] for l in ends)
            names.append(f"{own} as {' to '.join(f'{part}[{l}]' for l in ends)}")
            continue
        if each.names != part:
            names.append(f"{each.names} as {part}")
        if shift:
            numbers.setdefault((shift, *ends), []).append(part)
    for (shift, *ends), which in numbers.items():
        number, layer = ("number", "layer") if len(ends) == 1 else ("the numbers", "the layers")
        own = " to ".join(str(l - shift) for l in ends)
        ends = " to ".join(map(str, ends))
        names.append(f"{number} {own} of {_listed(which)} as {layer} {ends}")
    if names:
        layout.understood.append(f"read {_listed(names)}")
    if twice:
        layout.understood.append(_of_two(twice))
    if outside:
        layout.understood.append(f"did not look at {_listed(outside)}, outside {_layers(size.L)}")
    _turn(layout, size)
    return layout


def _find(returned: Any, size: Size, understood: list[str]) -> dict[str, Found]:
    if isinstance(returned, (list, tuple)) and not hasattr(returned, "_fields"):
        things = [thing for thing in returned if not _is_beside(thing)]
        lists = [thing for thing in things if isinstance(thing, (list, tuple, np.ndarray))]
        if len(things) == 1 and (len(returned) > 1 or not lists):
            return _find(things[0], size, understood)
        # Beside lists an object is hardly the gradient; it may be the network itself.
        others = [thing for thing in things if isinstance(thing, Mapping) or not lists]
        named = [thing for thing in others if "w" in _named(thing, size, [])]
        if not named:
            containers = (list, tuple, np.ndarray, Mapping)
            things = [thing for thing in things if isinstance(thing, containers)]
        if not named or len(named) == size.L - 1:
            found = _by_position(things, size, understood)
            if found or not named:
                return found
        return _named(named[0], size, understood)
    said: list[str] = []
    named = _named(returned, size, said)
    if "w" in named:
        understood += said
        return named
    if isinstance(returned, Mapping):
        by_number = {key: returned[key] for key in returned if not isinstance(key, str)}
        return _by_position(by_number, size, understood)
    if isinstance(returned, np.ndarray) and returned.ndim:
        return _by_position(returned, size, understood)
    return {}


def _named(returned: Any, size: Size, understood: list[str]) -> dict[str, Found]:
    """Find the parts by their names: the keys of a dict, or an object's attributes."""
    groups: dict[tuple[str, bool], dict[int | None, Found]] = {}
    twice: list[tuple[str, str]] = []

    def choose(part: str, one: Found, other: Found | None) -> Found:
        if other and part not in ("z", "a") and _differ(part, one.value, other.value, size):
            twice.append((_own(one), _own(other)))
        return one

    for name, value in _items(returned):
        match = NAME.fullmatch(re.sub(r"[\W_]", "", name).lower())
        if match is None or value is None:
            continue
        part = next(part for part in WHAT if match[part])
        is_slope = any(match[where] for where in ("before", "after", "last"))
        if is_slope and part in ("z", "a"):
            part = {"z": "delta", "a": "slope of a"}[part]
        number = int(match["number"]) if match["number"] else None
        entries = groups.setdefault((part, is_slope), {})
        entries[number] = choose(part, Found(value, " ".join(name.split())), entries.get(number))

    found = {}
    for (part, _), entries in sorted(groups.items()):  # dw counts, where there is w as well
        each = entries.pop(None, None)
        if entries:
            by_number = Found(
                {number: entry.value for number, entry in entries.items()},
                {number: entry.names for number, entry in entries.items()},
            )
            each = choose(part, each, by_number) if each else by_number
        found[part] = choose(part, each, found.get(part))
    if "grad" in found and isinstance(found["grad"].names, str):
        grads = found.pop("grad")
        for part, inner in _find(grads.value, size, understood).items():
            choose(part, Found(inner.value, grads.names), found.get(part))
            found[part] = inner
    if twice:
        understood.append(_of_two(twice))
    for other in ("theta", "grad"):
        if "w" not in found and other in found:
            found["w"] = found[other]
    return {part: found[part] for part in ("w", "b", "delta", "z", "a") if part in found}


def _items(returned: Any) -> Iterable[tuple[str, Any]]:
    if isinstance(returned, Mapping):
        return [(key, returned[key]) for key in returned if isinstance(key, str)]
    if returned is None or isinstance(returned, (str, bytes, np.ndarray, list, set)):
        return []
    names = dict.fromkeys([*dir(returned), "w", "b", "delta"])  # some have a __getattr__
    values = ((name, getattr(returned, name, None)) for name in names if not name.startswith("_"))
    return [(name, value) for name, value in values if not callable(value)]


def _by_position(things: Any, size: Size, understood: list[str]) -> dict[str, Found]:
    """Find the parts by their places: whichever way their shapes fit best."""
    numbers = list(things) if isinstance(things, Mapping) else range(len(things))
    values = [things[number] for number in numbers]
    if not values:
        return {}
    k, half = len(values), size.L - 1
    are_lists = all(isinstance(value, (list, tuple)) for value in values)
    positions = POSITIONS if are_lists else ("w", "b", *POSITIONS[2:])
    ways: list[tuple[str, dict[str, Any]]] = []
    if not isinstance(things, Mapping) and 2 <= k <= len(POSITIONS):
        orders = [order for order in permutations(positions, k) if "w" in order]
        # δ and z have the same shapes; with a comes z.
        for order in sorted(orders, key=lambda order: "a" in order and "z" not in order):
            ways.append((_in_order(order, size.L), dict(zip(order, values, strict=True))))
    ways.append((f"read as w for {_layers(size.L)}", {"w": things}))
    for first, second in ("wb", "bw"):
        order = f"{first}, {second}"
        if k == 2 * half:
            ways.append(
                (
                    f"read in the order {order}, {order}, … for {_layers(size.L)}",
                    {first: values[::2], second: values[1::2]},
                )
            )
            ways.append(
                (
                    f"read in the order {first}, …, {second}, … for {_layers(size.L)}",
                    {first: values[:half], second: values[half:]},
                )
            )
        pairs = [value if isinstance(value, (list, tuple)) else () for value in values]
        if all(len(pair) == 2 for pair in pairs):
            parts = {
                part: {number: pair[place] for number, pair in zip(numbers, pairs, strict=True)}
                for place, part in enumerate((first, second))
            }
            ways.append((f"read as a pair ({order}) for each layer from 2 on", parts))
    by_name = [_named(value, size, []) for value in values]
    if all("w" in each for each in by_name):
        parts = {
            part: {n: each[part].value for n, each in zip(numbers, by_name, strict=True)}
            for part in by_name[0]
            if all(part in each for each in by_name)
        }
        ways.append(("read as one object for each layer from 2 on", parts))

    # Of ways that fit equally well, one without a transposition counts, then a list of pairs.
    points = [
        max(
            (sum(_points(part, value, size, rows) for part, value in way.items()), not rows)
            for rows in (False, True)
        )
        for _, way in ways
    ]
    best, _ = max(points)
    if best == 0:
        return {}
    pairs_first = isinstance(things, list) and all(isinstance(value, tuple) for value in values)
    ranks = [
        (*each, pairs_first and sentence.startswith("read as a pair"))
        for each, (sentence, _) in zip(points, ways, strict=True)
    ]
    sentence, parts = ways[ranks.index(max(ranks))]
    understood.append(sentence)
    others = [way for (reached, _), (_, way) in zip(points, ways, strict=True) if reached == best]
    if any(
        _differ(part, parts.get(part), other.get(part), size)
        for other in others
        for part in ("w", "b")
    ):
        understood.append(AMBIGUOUS)
    return {part: Found(value) for part, value in parts.items()}


def _in_order(order: tuple[str, ...], L: int) -> str:
    if order[:2] == ("b", "w"):
        rest = "".join(f", then {part}" for part in order[2:])
        return f"read as Nielsen's lists: nabla_b first, then nabla_w{rest}, for {_layers(L)}"
    listed = _listed([f"the {ORDINALS[i]} as {part}" for i, part in enumerate(order)])
    return f"read {listed}, by their shapes, for {_layers(L)}"


def _own(found: Found) -> str:
    """The reader's own name of a part, or the first and the last of its entries' names."""
    if not isinstance(found.names, dict):
        return str(found.names)
    ends = sorted({min(found.names), max(found.names)})
    return " to ".join(found.names[number] for number in ends)


def _of_two(twice: list[tuple[str, str]]) -> str:
    listed = _listed([f"{chosen} and not {other}" for chosen, other in twice])
    return f"read {listed}, of two that are there"


def _same_number(name: str, value: Any) -> list[tuple[str, str]]:
    """Entries under two keys that are the same number, as 2 and "2"; the last one counts."""
    seen: dict[int, Any] = {}
    twice = []
    for key in value if isinstance(value, Mapping) else ():
        number = _number(key)
        if number is not None and number in seen and not _equal(value[key], value[seen[number]]):
            twice.append((f"{name}[{key!r}]", f"{name}[{seen[number]!r}]"))
        seen[number] = key
    return twice


def _differ(part: str, one: Any, other: Any, size: Size) -> bool:
    """Whether two things that could be the same part are not merely copies."""
    if one is other:
        return False
    first, second = (_by_layer(part, value, size) for value in (one, other))
    if first is None or second is None:
        return not _equal(one, other)
    return first[0].keys() != second[0].keys() or not all(
        _equal(value, second[0][l]) for l, value in first[0].items()
    )


def _equal(one: Any, other: Any) -> bool:
    try:
        return one is other or np.array_equal(one, other)
    except Exception:  # from objects of the reader's own
        return False


def _points(part: str, value: Any, size: Size, rows: bool) -> int:
    if isinstance(value, np.ndarray) and value.ndim == 2 and size.L > 2:
        return 0  # one array, whose rows are no arrays by layer
    by_layer = _by_layer(part, value, size)
    if by_layer is None:
        return 0
    first, entries = 1 if part == "a" else 2, by_layer[0].items()
    return sum(size.fit(part, l, entry, rows=rows) for l, entry in entries if first <= l <= size.L)


def _by_layer(part: str, value: Any, size: Size) -> tuple[Entries, int] | None:
    """Give each entry its layer's number in the text; also, what was added to its own."""
    L = size.L
    layers = range(1 if part == "a" else 2, L + 1)
    if value is ...:
        return dict.fromkeys(layers, ...), 0
    if isinstance(value, Mapping):
        return _renumbered(part, {_number(key): value[key] for key in value}, size)
    if isinstance(value, np.ndarray) and L == 2 and size.could_be(part, 2, value):
        return {2: value}, 0
    if isinstance(value, (list, tuple)) or (isinstance(value, np.ndarray) and value.ndim):
        shift = L + 1 - len(value)  # the lists begin with layer 0, 1 or 2 and end with L
        return (dict(enumerate(value, shift)), shift) if 0 <= shift <= 2 else None
    if not hasattr(value, "__getitem__"):
        return None
    entries = {}
    for l in layers:
        try:
            entries[l] = value[l]
        except (LookupError, TypeError):
            continue
    return entries, 0


def _renumbered(part: str, entries: Entries, size: Size) -> tuple[Entries, int] | None:
    entries = {key: value for key, value in entries.items() if key is not None}
    complete = [set(range(first, size.L + 1)) for first in (1, 2)]
    for shift in (1, 2):
        moved = {key + shift: value for key, value in entries.items()}
        if set(moved) in complete:
            fitting, unmoved = _fitting(part, moved, size), _fitting(part, entries, size)
            needed = len(moved.keys() & complete[1])
            return (moved, shift) if fitting == needed or fitting > unmoved else None
    return entries, 0


def _fitting(part: str, entries: Entries, size: Size) -> int:
    return sum(
        _is_open(value) or size.could_be(part, l, value)
        for l, value in entries.items()
        if 2 <= l <= size.L
    )


def _number(key: Any) -> int | None:
    """The number that a key is, also as text."""
    try:
        return int(key) if key == int(key) or str(int(key)) == key else None
    except (TypeError, ValueError, OverflowError):
        return None


def _turn(layout: Layout, size: Size) -> None:
    """Bring one row for each sample to one column, and take Θ apart."""
    parts = layout.parts
    if "w" not in parts:
        return
    layout.rows, w_or_theta = _orientation(parts, size)
    if layout.rows:
        layout.understood.append(
            "read as code with one row for each sample: every array is transposed, since "
            "each sample is a column here"
        )
        for part in ("w", "b", "delta"):
            turned = {l: _turned(value) for l, value in parts.get(part, {}).items()}
            parts |= {part: turned} if turned else {}
        for part in parts.keys() & {"z", "a"}:
            for l, value in parts[part].items():
                if _shape(value) == size.shape(part, l)[::-1]:
                    parts[part][l] = _turned(value)
    if w_or_theta == "theta":
        layout.understood.append("read as Ng's Θ: column 0 of each array is b, the others are w")
        thetas = {
            l: value if _is_open(value) else np.asarray(value) for l, value in parts["w"].items()
        }
        parts["b"] = {l: t if _is_open(t) else t[:, :1] for l, t in thetas.items()}
        parts["w"] = {l: t if _is_open(t) else t[:, 1:] for l, t in thetas.items()}


def _orientation(parts: dict[str, Entries], size: Size) -> tuple[bool, str]:
    """Whether there is a row for each sample, and whether w is Θ."""

    def shapes(part: str) -> dict[int, tuple[int, ...] | None]:
        entries = parts.get(part, {}).items()
        return {
            l: _shape(value) for l, value in entries if 2 <= l <= size.L and not _is_open(value)
        }

    def all_are(kind: str, step: int) -> bool:
        return bool(w) and all(shape == size.shape(kind, l)[::step] for l, shape in w.items())

    w = shapes("w")
    hints = [
        (size.shape(right, l), shape)
        for part, right in (("b", "b"), ("b", "delta"), ("delta", "delta"))  # b not summed, too
        for l, shape in shapes(part).items()
    ]
    columns = any(shape == right != right[::-1] for right, shape in hints)
    rows = not columns and any(shape == right[::-1] != right for right, shape in hints)
    # One transposed w alone is a slip, not a layout.
    flat = any(shape == right[:1] != (1,) for right, shape in hints)
    likely = flat or sum(shape != shape[::-1] for shape in w.values() if shape) > 1
    for kind in ("w", "theta") if "b" not in parts else ("w",):
        as_in_text = all_are(kind, 1)
        if all_are(kind, -1) and (rows or (likely and not as_in_text and not columns)):
            return True, kind
        if as_in_text:
            return False, kind
    return False, "w"


def _kind(value: Any) -> str:
    if isinstance(value, Mapping):
        return f"the keys {keys(value)}"
    entries = f" with {len(value)} entries" if isinstance(value, (list, tuple)) else ""
    return f"a {type(value).__name__}{entries}"


def keys(mapping: Mapping) -> str:
    """List the keys of a dict, so many as a sentence can hold."""
    said = [" ".join(repr(key).split())[:30] for key in [*mapping][:6]]
    return ", ".join([*said, "…"] if len(mapping) > 6 else said)


def _layers(L: int) -> str:
    return "layer 2" if L == 2 else f"layers 2 to {L}"


def _listed(words: list[str]) -> str:
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last


def _shape(value: Any) -> tuple[int, ...] | None:
    """The shape as an array; None for what is none, or has rows of different lengths."""
    if _is_open(value):
        return None
    try:
        return np.shape(value)
    except Exception:  # from an object of the reader's own, too
        return None


def _is_beside(value: Any) -> bool:
    """Whether it is a number, such as the cost, or text."""
    if isinstance(value, np.ndarray):
        return value.ndim == 0
    return isinstance(value, (str, int, float, complex, np.generic))


def _is_filled(value: Any) -> bool:
    """Whether it is an array, and not there only for the numbers of the others."""
    shape = _shape(value)
    return bool(shape) and 0 not in shape


def _is_open(value: Any) -> bool:
    return value is None or value is ...


def _turned(value: Any) -> Any:
    shape = _shape(value)
    return np.asarray(value).T if shape is not None and len(shape) == 2 else value
