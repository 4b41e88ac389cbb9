"""Every engine once a network: do they give the same, and what memory do they take?"""
import array
import json

from networks import command_output

# How far outputs may be apart, of the largest magnitude: f32, and 8 bits by our requantization: two steps where it is ONNX Runtime's, many
# where layer after layer rounds otherwise.
AGREEMENT = {"f32": 1e-4, "float": 0.02, "double": 0.2, "ruy": 0.2}
MEBIBYTE = 1 << 20  # what our process may take beside weights and arena


def read_floats(path):
    with open(path, "rb") as file:
        return array.array("f", file.read())


def difference(ours, theirs):
    """Largest difference as a share of the largest magnitude; a value that is no number counts as infinitely far."""
    if len(ours) != len(theirs):
        return float("inf")
    apart = max(abs(a - b) if a == a and b == b else float("inf") for a, b in zip(ours, theirs))
    return apart / max(map(abs, ours))


def compared(engines):
    """Pairs: an engine, and the first one of the same precision, which it is to agree with."""
    first = {}
    return [(engine, first[engine.precision]) for engine in engines if first.setdefault(engine.precision, engine) is not engine]


def allowed(precision, requantization):
    return AGREEMENT[requantization if precision == "int8" else precision]


def agreement_of(point, engines, requantization):
    """How far the raw outputs that run_once wrote are from those of the first engine of the same precision."""
    outputs = {engine.name: [read_floats(file) for file in engine.output_files(point)] for engine in engines}
    apart = {engine.name: max(map(difference, outputs[first.name], outputs[engine.name])) for engine, first in compared(engines)}
    agrees = all(apart[engine.name] <= allowed(engine.precision, requantization) for engine, _ in compared(engines))
    return dict(alpha=point.alpha, size=point.size, difference=apart, agrees=agrees)


def memory_of(point, engines, once):
    """once: engine's name -> what run_once returned. Peaks are counted from a process of the same kind that does nothing."""
    first = engines[0]
    needed = {part: once[first.name][part] for part in ("weights_bytes", "arena_bytes")}
    above = {}
    for engine in engines:
        empty = json.loads(command_output(engine.empty_process()))
        above[engine.name] = once[engine.name]["peak_bytes"] - empty["peak_bytes"]
    return dict(alpha=point.alpha, size=point.size, **needed, code_bytes=first.code_bytes(point),
                limit_bytes=sum(needed.values()) + MEBIBYTE, above_empty_bytes=above)


def run_all_once(engines, points, requantization):
    """Two lists with a dictionary a point: agreement and memory."""
    agreement, memory = [], []
    for point in points:
        once = {engine.name: engine.run_once(point) for engine in engines}
        agreement.append(agreement_of(point, engines, requantization))
        memory.append(memory_of(point, engines, once))
    return agreement, memory
