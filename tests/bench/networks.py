"""The networks that are compared: derived from configs/mobilenet_ssd_voc.json, generated and built for us, exported for the others."""
import array
import json
import os
import random
import re
import subprocess
from dataclasses import dataclass

from caffe_files import layers_for, parse_prototxt, print_prototxt, read_caffemodel
from onnx_file import FloatForm, onnx_of_caffe
from onnx_quantized import QuantizedForm
from safetensors_file import read_safetensors

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
NAME = "bench_network"  # every point's, as forward.cpp names it
SEED = "1"
CALIBRATION = os.path.join(ROOT, "configs", "demo", "calibration"), 8  # pictures that ranges are taken from, and how many of them
FULL_SIZE = 300
RAW_OUTPUTS = ("mbox_loc", "mbox_conf")  # box encodings, class logits


def command_output(command, **options):
    """What the command printed; when it fails the run ends with what it said."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options)
    if done.returncode != 0:
        raise SystemExit("bench: %s\n%s%s" % (" ".join(command), done.stdout, done.stderr))
    return done.stdout


def compile_program(source, program, *arguments):
    """Builds a program of this folder; says whether it could be."""
    compiler = os.environ.get("CXX", "g++")
    command = [compiler, "-std=c++17", "-O2", "-pthread", os.path.join(HERE, source), "-o", program, *arguments]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    with open(program + ".log", "w") as log:
        log.write(done.stdout)
    return done.returncode == 0


@dataclass(frozen=True)
class Point:
    """A network: its width multiplier and the side of its picture."""
    alpha: float
    size: int

    @property
    def name(self):
        return f"a{round(100 * self.alpha):03d}_s{self.size}"

    @property
    def multipliers(self):
        return ["--alpha", f"{self.alpha:g}", "--rho", repr(self.size / FULL_SIZE)]


SMALL = Point(0.25, 128)


class Networks:
    """Makes files and programs of a point on demand, below a build folder; quantized ones as well if `quantized` says so."""

    def __init__(self, ssdgen, folder, jobs, quantized):
        self.ssdgen, self.folder, self.jobs, self.quantized = ssdgen, folder, jobs, quantized
        os.makedirs(folder, exist_ok=True)
        self.description = os.path.join(folder, "network.json")
        self.write_description()

    def write_description(self):
        """alpha is to scale the extra layers as it scales the backbone: so do the networks that others publish figures of."""
        with open(os.path.join(ROOT, "configs", "mobilenet_ssd_voc.json")) as file:
            description = json.load(file)
        del description["$schema"]
        description["name"] = NAME
        description["width_multiplier"] = {"rounding": "floor", "scales": ["backbone", "extras"]}
        with open(self.description, "w") as file:
            json.dump(description, file, indent=2)

    def best_target(self, precision):
        """The name that --target native stands for on this machine."""
        weights = []
        if precision == "int8":
            self.export(SMALL)
            weights = [*SMALL.multipliers, *self.weights(SMALL, precision)]
        plan = command_output([self.ssdgen, "generate", self.description, *weights, "--dump", "plan"])
        return re.search(r" target (\S+)", plan.splitlines()[0]).group(1)

    def path(self, point, *parts):
        path = os.path.join(self.folder, point.name, *parts)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        return path

    def helper(self, name):
        """The program made of name.cpp, which needs no network."""
        program = os.path.join(self.folder, name)
        if not os.path.exists(program) or os.path.getmtime(program) < os.path.getmtime(os.path.join(HERE, name + ".cpp")):
            if not compile_program(name + ".cpp", program):
                raise SystemExit(f"bench: {name}.cpp does not compile; {program}.log says why")
        return program

    def weights(self, point, precision):
        """The options of ssdgen generate that name them; export() has been called."""
        return ["--random-weights", SEED] if precision == "f32" else ["--weights", self.path(point, "quantized.safetensors")]

    def build(self, point, target, source, options):
        """Generates and builds the point for a target into the folder `source`, and forward.cpp with it."""
        library = self.build_library(self.description, [*point.multipliers, *options], target, source)
        command_output(["cmake", "--build", os.path.dirname(library), "--parallel", str(self.jobs), "--target", NAME + "_bench"])
        program = os.path.join(os.path.dirname(library), "forward")
        if not compile_program("forward.cpp", program, "-I" + source, library):
            raise SystemExit(f"bench: forward.cpp does not compile; {program}.log says why")

    def build_library(self, config, options, target, source):
        """The path of the library of a network called NAME, generated into the folder `source`."""
        build = os.path.join(source, "build")
        command_output([self.ssdgen, "generate", config, *options, "--no-selftest", "--target", target, "--out", source])
        command_output(["cmake", "-S", source, "-B", build, "-DCMAKE_BUILD_TYPE=Release"])
        command_output(["cmake", "--build", build, "--parallel", str(self.jobs), "--target", NAME])
        return os.path.join(build, f"lib{NAME}.a")

    def export(self, point):
        """network.prototxt, .caffemodel and .onnx, and the input: picture.u8 for us, input.f32, the same normalised, for the others. With
        `quantized` also quantized.safetensors, .onnx and .f32, the input as the quantized network means it."""
        prototxt, caffemodel = self.path(point, "network.prototxt"), self.path(point, "network.caffemodel")
        command_output([self.ssdgen, "export", self.description, *point.multipliers, "--random-weights", SEED,
                        "--prototxt", prototxt, "--caffemodel", caffemodel])
        with open(prototxt) as file:
            network = parse_prototxt(file.read())
        layers = layers_for(network, RAW_OUTPUTS)
        with open(prototxt, "w") as file:
            file.write(print_prototxt([("layer", layer) for layer in layers]) + "\n")
        write_bytes(self.path(point, "network.onnx"), onnx_of_caffe(layers, RAW_OUTPUTS, FloatForm(read_caffemodel(caffemodel))))

        picture = noise(point.size)
        write_bytes(self.path(point, "picture.u8"), picture)
        with open(self.description) as file:
            rule = json.load(file)["input"]
        write_bytes(self.path(point, "input.f32"), planes_of(picture, rule["mean"], rule["scale"]))
        if self.quantized:
            self.export_quantized(point, caffemodel, layers, picture)

    def export_quantized(self, point, caffemodel, layers, picture):
        weights, pictures = self.path(point, "quantized.safetensors"), os.path.join(self.folder, "calibration.txt")
        folder, count = CALIBRATION
        with open(pictures, "w") as file:
            file.writelines(f"{os.path.join(folder, name)}\n" for name in sorted(os.listdir(folder))[:count])
        command_output([self.ssdgen, "quantize", self.description, *point.multipliers, "--weights", caffemodel, "--pictures", pictures,
                        "--out-weights", weights])
        form = QuantizedForm(read_safetensors(weights))
        write_bytes(self.path(point, "quantized.onnx"), onnx_of_caffe(layers, RAW_OUTPUTS, form))
        zero, scale = form.picture_numbers()
        write_bytes(self.path(point, "quantized.f32"), planes_of(picture, [zero] * 3, [scale] * 3))


def write_bytes(path, content):
    with open(path, "wb") as file:
        file.write(content)


def noise(side):
    """Bytes [side][side][3]: seeded noise, smooth enough that neighbours resemble each other as they do in photographs."""
    values = random.Random(side)
    coarse = [[values.randrange(256) for _ in range((side // 8 + 2) * 3)] for _ in range(side // 8 + 2)]
    picture = bytearray()
    for row in range(side):
        for column in range(side):
            for channel in range(3):
                value = coarse[row // 8][column // 8 * 3 + channel] + values.randrange(-20, 21)
                picture.append(min(max(value, 0), 255))
    return picture


def planes_of(picture, means, scales):
    """(byte - mean) * scale as floats, channel after channel."""
    planes = array.array("f")
    for channel, (mean, scale) in enumerate(zip(means, scales)):
        planes.extend((byte - mean) * scale for byte in picture[channel::3])
    return planes.tobytes()


def code_bytes(archive):
    """Bytes of machine code in a library."""
    total = 0
    for line in command_output(["size", "-A", archive]).splitlines():
        columns = line.split()
        if columns and columns[0].startswith(".text"):
            total += int(columns[1])
    return total
