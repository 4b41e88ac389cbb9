"""What is timed: our emitted programs and the peers. Every call of an engine is a fresh process, which warms up by itself."""
import json
import os
import shutil
import signal
import statistics
import subprocess

from networks import HERE, NAME, SMALL, code_bytes, command_output, compile_program
from onnx_file import float_value, model, node

WARM_UP_SECONDS, RUNS, SECONDS = 0.3, 30, 0.5  # of NAME_bench, which fixes the seconds; the peers do the same


class Engine:
    """name: for files and results; title: for readers; precision: "f32" or "int8", what it computes with; peak: a name that engines
    share whose times are held against the same peak."""

    def __init__(self, networks, precision):
        self.networks, self.precision, self.peak = networks, precision, precision

    def output_files(self, point):
        return [self.networks.path(point, f"{self.name}.{part}.f32") for part in ("boxes", "logits")]

    def empty_process(self):
        """A process of this kind that does nothing; prints its peak_bytes."""
        return [self.networks.helper("empty")]


class Ours(Engine):
    """The emitted network for one target. options: of ssdgen generate, besides."""

    def __init__(self, networks, target, precision="f32", options=()):
        super().__init__(networks, precision)
        self.target, self.options = target, options
        self.name, self.title = target, f"ssdgen {target}"
        if precision == "int8":
            self.name, self.title = f"{target}-int8", f"ssdgen int8 {target}"
            self.peak = self.name  # targets multiply whole numbers each in their own way

    def float_target(self):
        """The one whose floats this one computes with."""
        return self.target.removesuffix("-vnni")

    def runs_here(self):
        """Whether this machine has the instructions."""
        self.networks.export(SMALL)
        self.prepare(SMALL)
        program = [self.program(SMALL, "forward"), self.networks.path(SMALL, "picture.u8"), *self.output_files(SMALL)]
        return subprocess.run(program, stdout=subprocess.DEVNULL).returncode != -signal.SIGILL

    def program(self, point, name):
        return self.networks.path(point, self.name, "build", name)

    def prepare(self, point):
        options = [*self.networks.weights(point, self.precision), *self.options]
        self.networks.build(point, self.target, self.networks.path(point, self.name), options)

    def bench(self, point, *options):
        return json.loads(command_output([self.program(point, NAME + "_bench"), "--runs", str(RUNS), "--json", *options]))

    def time(self, point, threads):
        """The JSON of NAME_bench."""
        return self.bench(point, "--threads", str(threads))

    def time_layers(self, point):
        return self.bench(point, "--layers")

    def run_once(self, point):
        """Writes the raw outputs; returns arena_bytes, weights_bytes and peak_bytes of the process."""
        return json.loads(command_output([self.program(point, "forward"), self.networks.path(point, "picture.u8"),
                                          *self.output_files(point)]))

    def code_bytes(self, point):
        return code_bytes(self.program(point, f"lib{NAME}.a"))


class Peer(Engine):
    """An engine that reads a model file, through a program of this folder: what command() gives, then the arguments of run()."""

    def __init__(self, networks, precision):
        super().__init__(networks, precision)
        self.version = ""

    def input_file(self, point):
        return self.networks.path(point, "input.f32")

    def run(self, command, input_file, size, threads, warm_up_seconds, runs, seconds, output_files=()):
        numbers = map(str, (size, threads, warm_up_seconds, runs, seconds))
        result = json.loads(command_output([*command, input_file, *numbers, *output_files]))
        self.version = result["version"]
        return result

    def prepare(self, point):
        pass  # Networks.export writes the files

    def time(self, point, threads):
        """median_ms, min_ms, runs and peak_bytes."""
        result = self.run(self.command(point), self.input_file(point), point.size, threads, WARM_UP_SECONDS, RUNS, SECONDS)
        times = result.pop("times_ms")
        return dict(result, median_ms=statistics.median(times), min_ms=min(times), runs=len(times))

    def run_once(self, point):
        """Writes the raw outputs; returns peak_bytes of the process."""
        return self.run(self.command(point), self.input_file(point), point.size, 1, 0, 1, 0, self.output_files(point))


class OnnxRuntime(Peer):
    def __init__(self, networks, folder, precision="f32"):
        super().__init__(networks, precision)
        self.folder = folder
        self.name, self.title = ("onnxruntime", "ONNX Runtime") if precision == "f32" else ("onnxruntime-int8", "ONNX Runtime int8")

    def absence(self):
        """Why it cannot take part; empty when it can."""
        if shutil.which("node") is None:
            return "node is not installed (Debian: nodejs, npm)"
        if not os.path.isdir(os.path.join(self.folder, "node_modules", "onnxruntime-node")):
            return f"onnxruntime-node is not in {os.path.relpath(self.folder)} (npm install --ignore-scripts onnxruntime-node)"
        loads = subprocess.run(["node", "-e", "require(process.argv[1])", os.path.join(self.folder, "node_modules", "onnxruntime-node")],
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        return "" if loads.returncode == 0 else "onnxruntime-node does not load: " + (loads.stdout.strip().splitlines() or ["?"])[-1]

    def command_for(self, model_file):
        return ["node", os.path.join(HERE, "onnx_runtime_bench.js"), self.folder, model_file]

    def command(self, point):
        return self.command_for(self.networks.path(point, "network.onnx" if self.precision == "f32" else "quantized.onnx"))

    def input_file(self, point):
        return super().input_file(point) if self.precision == "f32" else self.networks.path(point, "quantized.f32")

    def call_milliseconds(self):
        """What a call costs by itself: the time of one Relu on three values."""
        model_file, input_file = (os.path.join(self.networks.folder, name) for name in ("call.onnx", "call.f32"))
        with open(model_file, "wb") as file:
            file.write(model([node("Relu", ["data"], "out")], [], [float_value("data", [1, 3, 1, 1])], [float_value("out")]))
        with open(input_file, "wb") as file:
            file.write(bytes(12))
        times = self.run(self.command_for(model_file), input_file, 1, 1, WARM_UP_SECONDS, RUNS, SECONDS)["times_ms"]
        return statistics.median(times)

    def empty_process(self):
        return ["node", os.path.join(HERE, "empty.js")]


class OpenCv(Peer):
    name, title = "opencv", "OpenCV dnn"

    def __init__(self, networks):
        super().__init__(networks, "f32")
        self.executable = os.path.join(networks.folder, "opencv_bench")

    def absence(self):
        """Builds the program: why it cannot take part; empty when it can."""
        built = compile_program("opencv_bench.cpp", self.executable, "-I/usr/include/opencv4", "-I/usr/local/include/opencv4",
                                "-lopencv_dnn", "-lopencv_core")
        return "" if built else f"a program with it does not compile (Debian: libopencv-dnn-dev); {os.path.relpath(self.executable)}.log says why"

    def command(self, point):
        return [self.executable, self.networks.path(point, "network.prototxt"), self.networks.path(point, "network.caffemodel")]
