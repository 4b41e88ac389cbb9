#!/usr/bin/env python3
"""Our emitted detectors beside ONNX Runtime and OpenCV: speed, memory, and where the time goes. README.md explains the tables."""
import argparse
import os
import sys
import time

sys.dont_write_bytecode = True  # this folder is sources only

from engines import OnnxRuntime, OpenCv, Ours  # noqa: E402
from networks import ROOT, Networks, Point  # noqa: E402
from once import run_all_once  # noqa: E402
from report import record, sections_of, sections_of_targets, write_results  # noqa: E402
from rounds import Stopwatch, alternate, machine  # noqa: E402
from summary import summarise_cells, summarise_layers  # noqa: E402
from surroundings import time_surroundings  # noqa: E402

# alpha, size, threads
TABLE = {"f32": ((1, 300, 1), (1, 300, 2), (0.5, 300, 1), (0.5, 160, 1), (0.25, 300, 1), (0.25, 128, 1), (0.25, 128, 2)),
         "int8": ((1, 300, 1), (1, 300, 2), (0.5, 300, 1), (0.5, 300, 2), (0.25, 160, 1), (0.25, 160, 2))}
TARGET_TABLE = {"f32": ((1, 300, 1), (1, 300, 2)), "int8": ((1, 300, 1), (0.5, 300, 1), (0.25, 160, 1))}
GRID = tuple((alpha, size, threads) for threads in (1, 2) for alpha in (1, 0.75, 0.5, 0.25) for size in (300, 224, 192, 160, 128))

TARGETS = ("portable", "x86-64-v2", "x86-64-v3", "x86-64-v3-vnni", "x86-64-v4", "x86-64-v4-vnni")  # all that the generator has


def main():
    options = command_line()
    networks = Networks(options.ssdgen, options.folder, options.jobs, quantized=options.precision == "int8")
    ours = every_target(options, networks) if options.targets else our_engines(options, networks)
    peers = [] if options.targets else present_peers(options, networks, ours)
    engines = ours + peers
    cells = chosen_cells(options)
    points = list(dict.fromkeys(point for point, _ in cells))

    if not options.built:
        build_all(networks, engines, points)
    agreement, memory = run_all_once(engines, points, options.requantization)
    stopwatch = Stopwatch(networks.helper("core_distance"), options.tries)
    begin = time.monotonic()
    rounds = alternate(stopwatch, engines, cells, options.rounds, print_progress)
    minutes = (time.monotonic() - begin) / 60
    layers = time_layers(ours[0], [] if options.grid or options.targets else points, options.rounds)
    whole_run = not (options.grid or options.targets or options.cell) and options.precision == "f32"
    surroundings = time_surroundings(networks, ours[0].name) if whole_run else None

    results = dict(
        machine=machine(), rounds=options.rounds, minutes=minutes, requantization=options.requantization,
        versions={peer.title: peer.version for peer in peers},
        onnx_runtime_call_ms=next((peer.call_milliseconds() for peer in peers if isinstance(peer, OnnxRuntime)), None),
        cells=summarise_cells(rounds, engines),
        memory=memory, agreement=agreement, layers=layers, surroundings=surroundings)
    sections = sections_of_targets(results, ours) if options.targets else sections_of(results, ours, peers)
    write_results(stem_of(options), command_of(options), results, sections)
    if options.record:
        record(command_of(options), sections)
    if all(entry["agrees"] for entry in agreement):
        return 0
    say("The engines do not agree: their times say nothing")
    return 1


def command_line():
    parser = argparse.ArgumentParser(prog="./run bench", description=__doc__)
    parser.add_argument("--precision", choices=("f32", "int8"), default="f32",
                        help="int8: networks of 8 bits, ours and ONNX Runtime's, beside those of floats; default: f32 alone")
    parser.add_argument("--requantization", choices=("double", "ruy", "float"), default="float", help="of ours in 8 bits; default: float")
    parser.add_argument("--grid", action="store_true",
                        help="alpha 0.25 to 1 by size 128 to 300 by 1 and 2 threads, the best target alone, no layers")
    parser.add_argument("--targets", action="store_true", help="ours alone, for every target that this machine runs")
    parser.add_argument("--cell", action="append", type=cell_of, metavar="ALPHA/SIZE/THREADS", help="this instead; may come several times")
    parser.add_argument("--target", action="append", metavar="NAME",
                        help="may come several times, the first one is compared with the peers; default: the best here, in f32 x86-64-v3 as well")
    parser.add_argument("--rounds", type=count_of, default=5, metavar="N", help="how often every engine runs; default 5")
    parser.add_argument("--tries", type=count_of, default=4, metavar="N", help="how often a disturbed run is made at most; default 4")
    parser.add_argument("--jobs", type=count_of, default=os.cpu_count(), metavar="N", help="for compiling")
    parser.add_argument("--ssdgen", default=os.environ.get("SSDGEN") or os.path.join(ROOT, "build", "ssdgen"), metavar="PROGRAM",
                        help="the generator; default: $SSDGEN, else build/ssdgen")
    parser.add_argument("--npm", default=os.path.join(ROOT, "build", "npm"), metavar="FOLDER", help="where onnxruntime-node is; default build/npm")
    parser.add_argument("--built", action="store_true", help="time what an earlier run with these options has built")
    parser.add_argument("--record", action="store_true", help="put the tables into tests/bench/measured.md as well")
    parser.add_argument("--folder", default=os.path.join(ROOT, "build", "bench"), help="for everything that is made; default build/bench")
    options = parser.parse_args()
    options.ssdgen, options.npm, options.folder = map(os.path.abspath, (options.ssdgen, options.npm, options.folder))
    if options.targets and options.target:
        parser.error("--target: found with --targets; allowed: one of them")
    if not os.access(options.ssdgen, os.X_OK):
        parser.error(f"{options.ssdgen} cannot be run: build the generator first, or name it with --ssdgen")
    return options


def count_of(text):
    if not text.isdigit() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"found {text}; allowed is a whole number from 1")
    return int(text)


def cell_of(text):
    try:
        alpha, size, threads = text.split("/")
        return float(alpha), int(size), int(threads)
    except ValueError:
        raise argparse.ArgumentTypeError(f"found {text}; allowed is ALPHA/SIZE/THREADS, as 0.25/128/2") from None


def command_of(options):
    """As it could be typed, without what changes no table's form."""
    words = ["./run bench"] + (["--precision int8"] if options.precision == "int8" else [])
    if options.precision == "int8" and options.requantization != "float":
        words.append(f"--requantization {options.requantization}")
    words += [f"--{name}" for name in ("grid", "targets") if getattr(options, name)]
    words += [f"--target {target}" for target in options.target or []]
    words += [f"--cell {alpha:g}/{size}/{threads}" for alpha, size, threads in options.cell or []]
    return " ".join(words)


def stem_of(options):
    """Of the files that a run writes."""
    kinds = ["int8"] if options.precision == "int8" else []
    kinds += [name for name in ("grid", "targets") if getattr(options, name)]
    return os.path.join(options.folder, "_".join(kinds) or "results")


def our_engines(options, networks):
    """The first one is compared with the peers."""
    targets = options.target or [networks.best_target(options.precision)]
    if options.precision == "int8":
        whole = [whole_numbers(options, networks, target) for target in targets]
        return whole + [Ours(networks, target) for target in dict.fromkeys(engine.float_target() for engine in whole)]
    if targets == ["x86-64-v4"] and not options.target and not options.grid:
        targets.append("x86-64-v3")
    return [Ours(networks, target) for target in targets]


def whole_numbers(options, networks, target):
    return Ours(networks, target, "int8", ["--requantization", options.requantization])


def every_target(options, networks):
    engines = [whole_numbers(options, networks, target) for target in TARGETS] if options.precision == "int8" else []
    engines += [Ours(networks, target) for target in TARGETS if not target.endswith("-vnni")]
    running = [engine for engine in engines if engine.runs_here()]
    for engine in running:
        engine.peak = engine.name
    say("this machine runs " + ", ".join(engine.title for engine in running))
    return running


def chosen_cells(options):
    wanted = options.cell or (GRID if options.grid else (TARGET_TABLE if options.targets else TABLE)[options.precision])
    possible = [(Point(alpha, size), threads) for alpha, size, threads in wanted if threads <= os.cpu_count()]
    if len(possible) < len(wanted):
        say("left out: cells of more threads than this machine has cores")
    return possible


def present_peers(options, networks, ours):
    if options.precision == "int8":
        peers = [OnnxRuntime(networks, options.npm, "int8"), OnnxRuntime(networks, options.npm)]
        peers[0].peak = ours[0].peak
    else:
        peers = [OnnxRuntime(networks, options.npm), OpenCv(networks)]
    present = []
    for peer in peers:
        absence = peer.absence()
        if absence:
            say(f"without {peer.title}: {absence}")
        else:
            present.append(peer)
    return present


def build_all(networks, engines, points):
    for number, point in enumerate(points, 1):
        say(f"building {number}/{len(points)}: alpha {point.alpha:g}, {point.size} x {point.size}")
        networks.export(point)
        for engine in engines:
            engine.prepare(point)


def print_progress(number, cell, results):
    point, threads = cell
    times = ", ".join(f"{name} {result['median_ms']:.3f}" + ("" if result["near"] else " (cores far)") for name, result in results.items())
    say(f"round {number + 1}: alpha {point.alpha:g}, {point.size}, {threads} thread(s): {times} ms")


def time_layers(engine, points, rounds):
    """A dictionary a point, for one thread."""
    entries = []
    for point in points:
        results = [engine.time_layers(point) for _ in range(rounds)]
        peak = max(result["peak_gflops"] for result in results)
        entries.append(dict(alpha=point.alpha, size=point.size, peak_gflops=peak,
                            layers=summarise_layers([result["layers"] for result in results], peak)))
    return entries


def say(text):
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main())
