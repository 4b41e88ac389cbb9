"""Timing the engines in alternation, on a machine that others may disturb."""
import os
import re
import resource
import subprocess
import time

NEAR_NANOSECONDS = 100  # a cache line between cores that share a cache takes some 30, between others hundreds
FOREIGN_CORES = 0.1  # what anything else may take of the processor during a run
PAUSES, PAUSE_SECONDS = 8, 0.25  # waiting for cores to come near


def busy_seconds():
    """Processor time of the machine, over all cores, that was not idle; time stolen by a host counts."""
    with open("/proc/stat") as file:
        ticks = [int(word) for word in file.readline().split()[1:9]]
    idle, waiting = ticks[3:5]
    return (sum(ticks) - idle - waiting) / os.sysconf("SC_CLK_TCK")


def children_seconds():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


class Stopwatch:
    """Runs an engine, and again when something got in its way, at most `tries` times."""

    def __init__(self, core_distance_program, tries):
        self.program, self.tries = core_distance_program, tries

    def core_distance(self, threads):
        """Nanoseconds that a cache line takes from one core to another; 0 for one thread."""
        if threads == 1:
            return 0.0
        return float(subprocess.run([self.program], stdout=subprocess.PIPE, check=True).stdout)

    def distance_when_near(self, threads):
        """Waits a little while the cores are far."""
        distance = self.core_distance(threads)
        for _ in range(PAUSES if self.tries > 1 else 0):
            if distance <= NEAR_NANOSECONDS:
                break
            time.sleep(PAUSE_SECONDS)
            distance = self.core_distance(threads)
        return distance

    def time(self, engine, point, threads):
        """The best try: the engine's own figures, and `foreign_cores`, `core_distance_ns` (the larger of before and after), `near`."""
        done = []
        for _ in range(self.tries):
            before = self.distance_when_near(threads)
            busy, own, begin = busy_seconds(), children_seconds(), time.monotonic()
            result = engine.time(point, threads)
            foreign = busy_seconds() - busy - (children_seconds() - own)
            result["foreign_cores"] = max(0.0, foreign / (time.monotonic() - begin))
            result["core_distance_ns"] = max(before, self.core_distance(threads))
            result["near"] = result["core_distance_ns"] <= NEAR_NANOSECONDS
            done.append(result)
            if result["near"] and result["foreign_cores"] <= FOREIGN_CORES:
                break
        best = min(done, key=lambda one: (not one["near"], one["foreign_cores"]))
        best["tries"] = len(done)
        return best


def alternate(stopwatch, engines, cells, rounds, progress):
    """cells: (point, threads). Returns cell -> engine's name -> one result a round. Every round goes through all cells, so that a
    cell's rounds lie minutes apart; the engine that begins changes from round to round."""
    results = {cell: {engine.name: [] for engine in engines} for cell in cells}
    for number in range(rounds):
        for cell in cells:
            first = number % len(engines)
            for engine in engines[first:] + engines[:first]:
                results[cell][engine.name].append(stopwatch.time(engine, *cell))
            progress(number, cell, {engine.name: results[cell][engine.name][-1] for engine in engines})
    return results


def machine():
    """The processor in words, without what would name this very machine."""
    with open("/proc/cpuinfo") as file:
        information = file.read()

    def field(key):
        found = re.search(rf"(?m)^{key}\s*: (.*)$", information)
        return found.group(1) if found else "?"

    return f"{field('model name')} (family {field('cpu family')}, model {field('model')}), {os.cpu_count()} cores"
