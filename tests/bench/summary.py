"""From rounds to figures: one dictionary a cell, as results.json has it."""
import statistics


def summarise_cells(results, engines):
    """results: of alternate(). A dictionary a cell; the first engine is the one that ratios are against."""
    peaks = {}  # (threads, an engine's peak) -> GFLOP/s, the largest that any run measured: a run that was disturbed measures less
    for (_, threads), rounds in results.items():
        for engine in engines:
            measured = [result["peak_gflops"] for result in rounds[engine.name] if "peak_gflops" in result]
            key = threads, engine.peak
            peaks[key] = max(measured + [peaks.get(key, 0)])
    return [summarise(point, threads, rounds, engines, {engine.name: peaks[threads, engine.peak] for engine in engines})
            for (point, threads), rounds in results.items()]


def summarise(point, threads, rounds, engines, peaks):
    """rounds: engine's name -> its runs; peaks: engine's name -> GFLOP/s."""
    near = {name: [result for result in results if result["near"]] for name, results in rounds.items()}
    counted = near if all(near.values()) else rounds  # far cores count only where some engine never met near ones
    first = rounds[engines[0].name]
    macs = first[0]["macs"]
    figures = {}
    for engine in engines:
        times = [result["median_ms"] for result in counted[engine.name]]
        limit = 2 * macs / (peaks[engine.name] * 1e6)
        figures[engine.name] = dict(best_ms=min(times), median_ms=statistics.median(times), peak_gflops=peaks[engine.name], limit_ms=limit,
                                    percent_of_peak=100 * limit / min(times), rounds=rounds[engine.name])
    for engine in engines:
        figures[engine.name]["ratio"] = figures[engine.name]["median_ms"] / figures[engines[0].name]["median_ms"]
    return dict(
        alpha=point.alpha, size=point.size, threads=threads, macs=macs, rounds=len(first),
        near_rounds=min(map(len, near.values())),
        foreign_cores=max(result["foreign_cores"] for results in counted.values() for result in results), engines=figures)


def summarise_layers(rounds, peak_gflops):
    """rounds: the layers as NAME_bench gives them, once a process. The median time of each, and what follows from it."""
    layers = []
    for results in zip(*rounds):
        time, macs = statistics.median(result["ms"] for result in results), results[0]["macs"]
        layers.append(dict(name=results[0]["name"], kernel=results[0]["kernel"], macs=macs, ms=time,
                           percent_of_peak=100 * 2 * macs / (time * 1e6 * peak_gflops) if time > 0 else 0.0))
    total = sum(layer["ms"] for layer in layers)
    for layer in layers:
        layer["share"] = layer["ms"] / total
    return layers
