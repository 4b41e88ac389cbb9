"""Every engine once a network: do they give the same, and what memory do they take?"""
import array
import json

from networks import command_output

AGREEMENT = 1e-4  # of the largest magnitude
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


def agreement_of(point, engines):
    """How far the raw outputs that run_once wrote are from the first engine's."""
    outputs = {engine.name: [read_floats(file) for file in engine.output_files(point)] for engine in engines}
    first = outputs[engines[0].name]
    apart = {engine.name: max(map(difference, first, outputs[engine.name])) for engine in engines[1:]}
    return dict(alpha=point.alpha, size=point.size, difference=apart, agrees=all(share <= AGREEMENT for share in apart.values()))


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


def run_all_once(engines, points):
    """Two lists with a dictionary a point: agreement and memory."""
    agreement, memory = [], []
    for point in points:
        once = {engine.name: engine.run_once(point) for engine in engines}
        agreement.append(agreement_of(point, engines))
        memory.append(memory_of(point, engines, once))
    return agreement, memory
