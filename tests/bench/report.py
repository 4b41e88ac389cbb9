"""results.md, results.json, measured.md and what is printed: the tables, each with the words that explain its columns."""
import json
import os
import re
import textwrap
from dataclasses import dataclass

from engines import RUNS, SECONDS, WARM_UP_SECONDS
from networks import CALIBRATION, HERE
from once import allowed, compared
from rounds import FOREIGN_CORES, NEAR_NANOSECONDS
from tables import agreement_table, layer_table, memory_table, slower_cells, speed_table, surroundings_table, targets_table

WIDTH = 120


@dataclass
class Section:
    heading: str
    prose: str
    table: str
    printed: bool = True  # else in results.md alone

    def text(self, indent):
        paragraphs = [textwrap.fill(paragraph, WIDTH) for paragraph in self.prose.split("\n") if paragraph]
        return "\n\n".join(paragraphs + [textwrap.indent(self.table, indent)])


def sections_of_targets(results, ours):
    prose = (f"{setting(results, ours)} {rounds_prose(results)}\n"
             "ms: median of the rounds. % peak: by the best round, of the multiply-adds that the target has for such numbers, the largest peak that was "
             "measured in these rounds.")
    if "int8" in precisions_of(ours):
        prose += " f32: of the same target, or of the one without -vnni. times: its ms over those of int8."
    return [Section("Targets", prose, targets_table(results["cells"], ours))]


def sections_of(results, ours, peers):
    first, engines = ours[0], ours + peers
    sections = [
        Section("Speed", speed_prose(results, engines), speed_table(results["cells"], engines)),
        Section("Slower than another?", "", slower_cells(results["cells"], rivals(ours, peers))),
        Section("Memory, one thread",
                f"MiB; code in KiB. weights, arena: what the emitted network of {first.title} says. code: the machine code of its library. The "
                "other columns: what a process of the engine took at most for one inference, above one that does nothing; limit: weights + "
                "arena + 1 MiB, for ours.", memory_table(results["memory"], engines))]
    if len(engines) > 1:
        sections.append(Section(
            "Do they agree?",
            "Largest difference of the raw outputs from those of our first network of the same precision, as a share of the largest value; allowed: "
            + ", ".join(f"{allowed(precision, results['requantization']):g} ({precision})" for precision in precisions_of(engines)) + ".",
            agreement_table(results["agreement"], [engine for engine, _ in compared(engines)])))
    if results["surroundings"]:
        sections.append(Section(
            "Before and after the network",
            "Medians in ms, plain -O2. Resizing: a photograph of 1280 x 720 to 300 x 300. Decoding and suppression: raw outputs of TensorFlow's "
            "coco_ssd_mobilenet_v1 (1917 priors, 91 classes) on each photograph, with the model's own score threshold of 1e-8, which every prior "
            "passes, and with 0.3.", surroundings_table(results["surroundings"])))
    unit = "GFLOP/s" if first.precision == "f32" else "GOP/s"
    for number, entry in enumerate(results["layers"]):
        sections.append(Section(
            f"Layers, alpha {entry['alpha']:g}, {entry['size']} x {entry['size']}, 1 thread, {first.title}",
            f"Medians of {results['rounds']} processes; the peak is {entry['peak_gflops']:.1f} {unit}. over ms: time above what the multiply-adds "
            "alone would take.", layer_table(entry["layers"], entry["peak_gflops"]), printed=number == 0))
    return sections


def rivals(ours, peers):
    """What our first network should not be slower than: the peers, and if it is of whole numbers our own of floats."""
    return [engine for engine in ours if engine.precision != ours[0].precision] + peers


def precisions_of(engines):
    return sorted({engine.precision for engine in engines})


def setting(results, engines):
    """What was run, and where."""
    precisions = precisions_of(engines)
    text = f"On {results['machine']}, {' and '.join(precisions)}, batch 1, raw outputs without suppression, the same weights and picture."
    if "int8" in precisions:
        text += (f" int8: the weights of f32, by `ssdgen quantize` on {CALIBRATION[1]} pictures of the demo's, requantization {results['requantization']}"
                 + ("; ONNX Runtime gets the same whole numbers." if results["versions"] else "."))
    return text


def rounds_prose(results):
    return (f"{results['rounds']} rounds in alternation over {results['minutes']:.1f} minutes, every engine in a fresh process each time "
            f"({WARM_UP_SECONDS} s of warm-up, then at least {RUNS} runs and {SECONDS} s).")


def speed_prose(results, engines):
    versions = ", ".join(f"{name} {version}" for name, version in results["versions"].items()) or "none"
    overhead = results["onnx_runtime_call_ms"]
    call = f" An ONNX Runtime call from JavaScript takes {overhead:.3f} ms even for one tiny layer; its times have it in." if overhead else ""
    return (
        f"{setting(results, engines)} Peers: {versions}. {rounds_prose(results)}{call}\n"
        "limit: milliseconds that the multiply-adds alone take at the peak, the largest that was measured in these rounds with numbers of this precision. ms: "
        f"median of the rounds. % peak: by the best round. times: ms over that of {engines[0].title}. near: rounds in which the cores shared a cache (a line took at most "
        f"{NEAR_NANOSECONDS} ns before and after the run), of the engine that had the fewest; unless that is 0, only such rounds count. others: the most, in cores, that "
        f"anything else on the machine took during a run that counts (above {FOREIGN_CORES} it was repeated, a bounded number of times).")


def write_results(stem, command, results, sections):
    """Writes stem.md and stem.json."""
    with open(stem + ".json", "w") as file:
        json.dump(results, file, indent=1)
    with open(stem + ".md", "w") as file:
        file.write(page_of(command, sections))
    for section in sections:
        if section.printed:
            print(f"\n== {section.heading}\n\n{section.text('')}", flush=True)
    print(f"\nAlso in {os.path.relpath(stem)}.md, with the layers of every network; every round is in the .json beside it", flush=True)


def page_of(command, sections):
    return f"# {command}\n" + "".join(f"\n## {section.heading}\n\n{section.text('    ')}\n" for section in sections)


def record(command, sections):
    """Puts the page into measured.md, in the place of the one of the same command, or behind all others."""
    path = os.path.join(HERE, "measured.md")
    with open(path) as file:
        pages = re.split(r"(?m)^(?=# )", file.read())
    page = page_of(command, sections)
    places = [number for number, other in enumerate(pages) if other.startswith(f"# {command}\n")]
    if places:
        pages[places[0]] = page
    else:
        pages.append(page)
    with open(path, "w") as file:
        file.write("\n".join(one.rstrip("\n") + "\n" for one in pages if one))
