"""From rounds to figures: one dictionary a cell, as results.json has it."""
import statistics


def summarise(point, threads, rounds, engines):
    """rounds: engine's name -> results of alternate(). The first engine is the one that ratios are against."""
    near = {name: [result for result in results if result["near"]] for name, results in rounds.items()}
    counted = near if all(near.values()) else rounds  # far cores count only where some engine never met near ones
    first = rounds[engines[0].name]
    peak = max(result["peak_gflops"] for results in rounds.values() for result in results if "peak_gflops" in result)
    macs = first[0]["macs"]
    limit = 2 * macs / (peak * 1e6)
    figures = {}
    for engine in engines:
        times = [result["median_ms"] for result in counted[engine.name]]
        figures[engine.name] = dict(best_ms=min(times), median_ms=statistics.median(times), percent_of_peak=100 * limit / min(times),
                                    rounds=rounds[engine.name])
    for engine in engines:
        figures[engine.name]["ratio"] = figures[engine.name]["median_ms"] / figures[engines[0].name]["median_ms"]
    return dict(
        alpha=point.alpha, size=point.size, threads=threads, macs=macs, peak_gflops=peak, limit_ms=limit, rounds=len(first),
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
