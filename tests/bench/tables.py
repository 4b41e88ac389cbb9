"""Text tables of fixed columns, from the dictionaries of results.json."""


def table(rows, left=0):
    """rows: lists of words, headings first. The first `left` columns are set flush left, the others flush right."""
    widths = [max(map(len, column)) for column in zip(*rows)]
    lines = []
    for row in rows:
        words = [word.ljust(width) if number < left else word.rjust(width) for number, (word, width) in enumerate(zip(row, widths))]
        lines.append("  ".join(words).rstrip())
    return "\n".join(lines)


def grouped_table(groups, rows):
    """groups: (title, headings) pairs; the titles stand above their columns."""
    parts, position = [], 0
    for title, headings in groups:
        end = position + len(headings)
        lines = table([headings] + [row[position:end] for row in rows]).splitlines()
        width = max(len(title), *map(len, lines))
        parts.append([title.center(width)] + [line.rjust(width) for line in lines])
        position = end
    return "\n".join("   ".join(pieces).rstrip() for pieces in zip(*parts))


def milliseconds(value):
    return f"{value:.2f}" if value >= 10 else f"{value:.3f}"


def mebibytes(count):
    return f"{count / 2 ** 20:.2f}"


def network_words(entry):
    return [f"{entry['alpha']:g}", str(entry["size"])]


def speed_table(cells, engines):
    groups = [("", ["alpha", "size", "threads", "limit"]), (engines[0].title, ["ms", "% peak"])]
    groups += [(engine.title, ["ms", "% peak", "times"]) for engine in engines[1:]]
    groups.append(("rounds", ["near", "others"]))
    rows = []
    for cell in cells:
        row = network_words(cell) + [str(cell["threads"]), milliseconds(cell["engines"][engines[0].name]["limit_ms"])]
        for engine in engines:
            figures = cell["engines"][engine.name]
            row += [milliseconds(figures["median_ms"]), f"{figures['percent_of_peak']:.1f}"]
            row += [f"{figures['ratio']:.2f}"] if engine is not engines[0] else []
        row.append(f"{cell['near_rounds']}/{cell['rounds']}" if cell["threads"] > 1 else "-")
        row.append(f"{cell['foreign_cores']:.2f}")
        rows.append(row)
    return grouped_table(groups, rows)


def targets_table(cells, engines):
    """A row a cell and target; of those of whole numbers, beside the target's floats."""
    floats = {engine.target: engine.name for engine in engines if engine.precision == "f32"}
    whole = [engine for engine in engines if engine.precision == "int8"]
    rows = []
    for cell in cells:
        for engine in whole or engines:
            figures = cell["engines"][engine.name]
            words = [milliseconds(figures["median_ms"]), f"{figures['percent_of_peak']:.1f}"]
            if whole:
                beside = cell["engines"][floats[engine.float_target()]]
                times = beside["median_ms"] / figures["median_ms"]
                words += [milliseconds(beside["median_ms"]), f"{beside['percent_of_peak']:.1f}", f"{times:.2f}"]
            rows.append(network_words(cell) + [str(cell["threads"]), engine.target] + words)
    groups = [("", ["alpha", "size", "threads"]), ("", ["target"])]
    groups += [("int8", ["ms", "% peak"]), ("f32", ["ms", "% peak", "times"])] if whole else [("f32", ["ms", "% peak"])]
    return grouped_table(groups, rows)


def slower_cells(cells, peers):
    """A line for every cell in which one of these takes less time than our first engine does."""
    if not peers:
        return "no peer to compare with"
    lines = []
    for cell in cells:
        for peer in peers:
            ratio = cell["engines"][peer.name]["ratio"]
            if ratio < 1:
                far = ", the cores being far in every round" if cell["near_rounds"] == 0 else ""
                lines.append(f"alpha {cell['alpha']:g}, {cell['size']}, {cell['threads']} thread(s): {peer.title} takes {ratio:.3f} of our time{far}")
    return "\n".join(lines) or "no cell is slower than any of these: " + ", ".join(peer.title for peer in peers)


def layer_table(layers, peak_gflops):
    def limit(macs):
        return 2 * macs / (peak_gflops * 1e6)

    def words(name, kernel, macs, time, share, percent):
        return [name, kernel, f"{macs / 1e6:.2f}", f"{time:.4f}", f"{100 * share:.1f}", f"{percent:.1f}", f"{time - limit(macs):.4f}"]

    rows = [["layer", "kernel", "M macs", "ms", "share %", "% peak", "over ms"]]
    rows += [words(layer["name"], layer["kernel"], layer["macs"], layer["ms"], layer["share"], layer["percent_of_peak"]) for layer in layers]
    macs, time = (sum(layer[key] for layer in layers) for key in ("macs", "ms"))
    rows.append(words("all", "", macs, time, 1, 100 * limit(macs) / time))
    return table(rows, left=2)


def memory_table(entries, engines):
    groups = [("", ["alpha", "size", "weights", "arena", "code"]), ("ours at most", ["limit"])]
    groups += [(engine.title, ["peak"]) for engine in engines]
    rows = []
    for entry in entries:
        rows.append(network_words(entry) + [mebibytes(entry["weights_bytes"]), mebibytes(entry["arena_bytes"]),
                                            f"{entry['code_bytes'] / 1024:.0f}", mebibytes(entry["limit_bytes"])] +
                    [mebibytes(entry["above_empty_bytes"][engine.name]) for engine in engines])
    return grouped_table(groups, rows)


def agreement_table(entries, engines):
    rows = [["alpha", "size"] + [engine.title for engine in engines]]
    rows += [network_words(entry) + [f"{entry['difference'][engine.name]:.1e}" for engine in engines] for entry in entries]
    return table(rows)


def surroundings_table(times):
    if isinstance(times, str):
        return times
    rows = [["picture", "resizing", "threshold 1e-8", "threshold 0.3"]]
    for entry in times["pictures"]:
        resizing = f"{times['resize_ms']:.3f}" if entry["name"] == "cat_720p" else ""
        rows.append([entry["name"], resizing, f"{entry['all_ms']:.3f}", f"{entry['likely_ms']:.3f}"])
    return table(rows, left=1)
