"""results.md, results.json and what is printed: the tables, each with the words that explain its columns."""
import json
import os
import textwrap
from dataclasses import dataclass

from engines import RUNS, SECONDS, WARM_UP_SECONDS
from once import AGREEMENT
from rounds import FOREIGN_CORES, NEAR_NANOSECONDS
from tables import agreement_table, layer_table, memory_table, slower_cells, speed_table, surroundings_table

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


def sections_of(results, ours, peers):
    first, engines = ours[0], ours + peers
    sections = [
        Section("Speed", speed_prose(results, first), speed_table(results["cells"], engines)),
        Section("Slower than a peer?", "", slower_cells(results["cells"], peers)),
        Section("Memory, one thread",
                f"MiB; code in KiB. weights, arena: what the emitted network of {first.name} says. code: the machine code of its library. The "
                "other columns: what a process of the engine took at most for one inference, above one that does nothing; limit: weights + "
                "arena + 1 MiB, for ours.", memory_table(results["memory"], engines))]
    if len(engines) > 1:
        sections.append(Section(
            "Do they agree?",
            f"Largest difference of the raw outputs from those of {first.name}, as a share of the largest value; {AGREEMENT:g} is "
            "allowed.", agreement_table(results["agreement"], engines[1:])))
    if results["surroundings"]:
        sections.append(Section(
            "Before and after the network",
            "Medians in ms, plain -O2. Resizing: a photograph of 1280 x 720 to 300 x 300. Decoding and suppression: raw outputs of TensorFlow's "
            "coco_ssd_mobilenet_v1 (1917 priors, 91 classes) on each photograph, with the model's own score threshold of 1e-8, which every prior "
            "passes, and with 0.3.", surroundings_table(results["surroundings"])))
    for number, entry in enumerate(results["layers"]):
        sections.append(Section(
            f"Layers, alpha {entry['alpha']:g}, {entry['size']} x {entry['size']}, 1 thread, {first.name}",
            f"Medians of {results['rounds']} processes; the peak is {entry['peak_gflops']:.1f} GFLOP/s. over ms: time above what the multiply-adds "
            "alone would take.", layer_table(entry["layers"], entry["peak_gflops"]), printed=number == 0))
    return sections


def speed_prose(results, first):
    versions = ", ".join(f"{name} {version}" for name, version in results["versions"].items()) or "none"
    overhead = results["onnx_runtime_call_ms"]
    call = f" An ONNX Runtime call from JavaScript takes {overhead:.3f} ms even for one tiny layer; its times have it in." if overhead else ""
    return (
        f"On {results['machine']}, f32, batch 1, raw outputs without suppression, the same weights and picture. Peers: {versions}. "
        f"{results['rounds']} rounds in alternation over {results['minutes']:.1f} minutes, every engine in a fresh process each time "
        f"({WARM_UP_SECONDS} s of warm-up, then at least {RUNS} runs and {SECONDS} s).{call}\n"
        "limit: milliseconds that the multiply-adds alone take at the peak, the largest that was measured in these rounds. ms: median of the rounds. % peak: by the "
        f"best round. times: ms over that of {first.name}. near: rounds in which the cores shared a cache (a line took at most "
        f"{NEAR_NANOSECONDS} ns before and after the run), of the engine that had the fewest; unless that is 0, only such rounds count. others: the most, in cores, that "
        f"anything else on the machine took during a run that counts (above {FOREIGN_CORES} it was repeated, a bounded number of times).")


def write_results(stem, results, sections):
    """Writes stem.md and stem.json."""
    with open(stem + ".json", "w") as file:
        json.dump(results, file, indent=1)
    with open(stem + ".md", "w") as file:
        file.write("# Benchmark\n")
        file.writelines(f"\n## {section.heading}\n\n{section.text('    ')}\n" for section in sections)
    for section in sections:
        if section.printed:
            print(f"\n== {section.heading}\n\n{section.text('')}", flush=True)
    print(f"\nAlso in {os.path.relpath(stem)}.md, with the layers of every network; every round is in the .json beside it", flush=True)
