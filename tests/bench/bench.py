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
from report import sections_of, write_results  # noqa: E402
from rounds import Stopwatch, alternate, machine  # noqa: E402
from summary import summarise_cells, summarise_layers  # noqa: E402
from surroundings import time_surroundings  # noqa: E402

# alpha, size, threads
TABLE = ((1, 300, 1), (1, 300, 2), (0.5, 300, 1), (0.5, 160, 1), (0.25, 300, 1), (0.25, 128, 1), (0.25, 128, 2))
GRID = tuple((alpha, size, threads) for threads in (1, 2) for alpha in (1, 0.75, 0.5, 0.25) for size in (300, 224, 192, 160, 128))


def main():
    options = command_line()
    networks = Networks(options.ssdgen, options.folder, options.jobs)
    ours = [Ours(networks, target) for target in chosen_targets(options, networks)]
    peers = present_peers(options, networks)
    engines = ours + peers
    cells = chosen_cells(options)
    points = list(dict.fromkeys(point for point, _ in cells))

    build_all(networks, engines, points)
    agreement, memory = run_all_once(engines, points)
    stopwatch = Stopwatch(networks.helper("core_distance"), options.tries)
    begin = time.monotonic()
    rounds = alternate(stopwatch, engines, cells, options.rounds, print_progress)
    minutes = (time.monotonic() - begin) / 60
    layers = time_layers(ours[0], [] if options.grid else points, options.rounds)
    surroundings = None if options.grid or options.cell else time_surroundings(networks, ours[0].name)

    results = dict(
        machine=machine(), rounds=options.rounds, minutes=minutes,
        versions={peer.title: peer.version for peer in peers},
        onnx_runtime_call_ms=next((peer.call_milliseconds() for peer in peers if isinstance(peer, OnnxRuntime)), None),
        cells=summarise_cells(rounds, engines),
        memory=memory, agreement=agreement, layers=layers, surroundings=surroundings)
    stem = os.path.join(options.folder, "grid" if options.grid else "results")
    write_results(stem, results, sections_of(results, ours, peers))
    if all(entry["agrees"] for entry in agreement):
        return 0
    say("The engines do not agree: their times say nothing")
    return 1


def command_line():
    parser = argparse.ArgumentParser(prog="./run bench", description=__doc__)
    parser.add_argument("--grid", action="store_true",
                        help="alpha 0.25 to 1 by size 128 to 300 by 1 and 2 threads, the best target alone, no layers")
    parser.add_argument("--cell", action="append", type=cell_of, metavar="ALPHA/SIZE/THREADS", help="this instead; may come several times")
    parser.add_argument("--target", action="append", metavar="NAME",
                        help="may come several times, the first one is compared with the peers; default: the best here, and x86-64-v3")
    parser.add_argument("--rounds", type=count_of, default=5, metavar="N", help="how often every engine runs; default 5")
    parser.add_argument("--tries", type=count_of, default=4, metavar="N", help="how often a disturbed run is made at most; default 4")
    parser.add_argument("--jobs", type=count_of, default=os.cpu_count(), metavar="N", help="for compiling")
    parser.add_argument("--ssdgen", default=os.environ.get("SSDGEN") or os.path.join(ROOT, "build", "ssdgen"), metavar="PROGRAM",
                        help="the generator; default: $SSDGEN, else build/ssdgen")
    parser.add_argument("--npm", default=os.path.join(ROOT, "build", "npm"), metavar="FOLDER", help="where onnxruntime-node is; default build/npm")
    parser.add_argument("--folder", default=os.path.join(ROOT, "build", "bench"), help="for everything that is made; default build/bench")
    options = parser.parse_args()
    options.ssdgen, options.npm, options.folder = map(os.path.abspath, (options.ssdgen, options.npm, options.folder))
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


def chosen_targets(options, networks):
    if options.target:
        return options.target
    best = networks.best_target()
    return [best, "x86-64-v3"] if best == "x86-64-v4" and not options.grid else [best]


def chosen_cells(options):
    wanted = options.cell or (GRID if options.grid else TABLE)
    possible = [(Point(alpha, size), threads) for alpha, size, threads in wanted if threads <= os.cpu_count()]
    if len(possible) < len(wanted):
        say("left out: cells of more threads than this machine has cores")
    return possible


def present_peers(options, networks):
    present = []
    for peer in (OnnxRuntime(networks, options.npm), OpenCv(networks)):
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
