"""The network that a description means, as PyTorch runs it: every shape, padding, activation and prior box comes from
`ssdgen inspect --json`, so that training and generation cannot disagree; and its weights as safetensors."""
import json
import pathlib
import struct
import subprocess

import numpy
import torch
from torch import nn
from torch.nn import functional

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
KINDS = "convolution", "depthwise", "pointwise"
SMALL_MAP = 9  # pixels


def fail(message):
    raise SystemExit(message)


class Facts:
    """What inspect says of a description at its alpha and rho, and what only the description says: batch norm, post-processing."""

    def __init__(self, config, alpha=None, rho=None, ssdgen=REPOSITORY / "build" / "ssdgen"):
        command = [str(ssdgen), "inspect", str(config), "--json"]
        for name, value in (("--alpha", alpha), ("--rho", rho)):
            command += [name, repr(value)] if value is not None else []
        try:
            inspected = subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout
        except FileNotFoundError:
            fail(f"{ssdgen}: is not there; build it: cmake -S . -B build && cmake --build build, or say --ssdgen FILE")
        except subprocess.CalledProcessError as error:
            fail(f"{config}: ssdgen inspect ended with status {error.returncode}")
        facts, description = json.loads(inspected), json.loads(pathlib.Path(config).read_text())
        self.name, self.alpha, self.rho = facts["name"], facts["alpha"], facts["rho"]
        self.layers, self.classes, self.input = facts["layers"], facts["classes"], facts["input"]
        self.sources = [source["layer"] for source in facts["sources"]]
        self.background, self.scores, self.box_code = facts["background"], facts["scores"], facts["box_code"]
        self.priors = numpy.array(facts["priors"], numpy.float32)  # [priors][cy, cx, h, w]
        self.epsilon = description.get("batch_norm", {}).get("epsilon")
        self.post = description["head"]["post_processing"]
        self.resize = description["input"]["resize"]
        self.check(config)

    def check(self, config):
        def allow(what, found, allowed):
            if found not in allowed:
                fail(f"{config}: {what}: found {found!r}; the trainer takes: {', '.join(map(str, allowed))}")

        for layer in self.layers:
            allow(f"type of {layer['name']}", layer["kind"], KINDS)
        allow("head/scores", self.scores, ["softmax"])
        allow("head/background", self.background, [0])
        allow("head/post_processing/dialect", self.post["dialect"], ["caffe-ssd"])
        allow("head/post_processing/eta", self.post["eta"], [1])
        allow("input/resize", self.resize, ["half_pixel"])
        allow("input/order", self.input["order"], ["rgb"])
        if self.epsilon is None:
            fail(f"{config}: /batch_norm: is missing; the trainer takes networks with batch norm")

    @property
    def size(self):
        return self.input["height"], self.input["width"]

    @property
    def stem(self):
        """Of the files of this network: name, alpha in percent, input height."""
        return f"{self.name}_{round(100 * self.alpha):03}_{self.size[0]}"


class Layer(nn.Module):
    """Convolution, batch norm and activation; a predictor has a bias instead of the norm."""

    def __init__(self, facts, epsilon):
        super().__init__()
        inputs, outputs = facts["input"][2], facts["output"][2]
        top, left, bottom, right = facts["pads"]
        even = top == bottom and left == right
        self.pads = None if even else (left, right, top, bottom)
        # Always in float: oneDNN 2.6's bfloat16 gradient of a 3x3 window's weights over a map of one pixel has values that nobody wrote.
        self.small = facts["output"][0] * facts["output"][1] <= SMALL_MAP
        self.predictor = facts["name"].endswith(("_mbox_loc", "_mbox_conf"))
        self.convolution = nn.Conv2d(inputs, outputs, facts["kernel"], facts["stride"], (top, left) if even else 0, facts["dilation"],
                                     inputs if facts["kind"] == "depthwise" else 1, bias=self.predictor)
        self.norm = None if self.predictor else nn.BatchNorm2d(outputs, epsilon, momentum=0.02)
        self.activation = {"none": nn.Identity(), "relu": nn.ReLU(inplace=True), "relu6": nn.ReLU6(inplace=True)}[facts["activation"]]
        if self.predictor:
            nn.init.normal_(self.convolution.weight, std=0.01)
            nn.init.zeros_(self.convolution.bias)
        else:
            nn.init.kaiming_normal_(self.convolution.weight, mode="fan_in", nonlinearity="relu")
        if facts["kind"] == "depthwise":  # begin near to handing maps on as they are: fewer layers to learn through at first
            with torch.no_grad():
                self.convolution.weight.mul_(0.3)[:, 0, facts["kernel"][0] // 2, facts["kernel"][1] // 2] += 1

    def forward(self, values):
        if self.small:
            with torch.autocast(values.device.type, enabled=False):
                return self.run(values.float())
        return self.run(values)

    def run(self, values):
        values = self.convolution(values if self.pads is None else functional.pad(values, self.pads))
        return self.activation(values if self.norm is None else self.norm(values))

    def tensors(self):
        """Name after the layer's, tensor: as the generator reads them (generator/graph/bind.cpp)."""
        yield ".weight", self.convolution.weight
        if self.predictor:
            yield ".bias", self.convolution.bias
            return
        yield ".batch_norm.mean", self.norm.running_mean
        yield ".batch_norm.variance", self.norm.running_var
        yield ".batch_norm.gamma", self.norm.weight
        yield ".batch_norm.beta", self.norm.bias


class Network(nn.Module):
    def __init__(self, facts):
        super().__init__()
        self.facts = facts
        self.layers = nn.ModuleList(Layer(layer, facts.epsilon) for layer in facts.layers)

    def forward(self, pictures):
        """[n][3][h][w], normalised -> boxes [n][priors][4] as the box code has them, logits [n][priors][classes]"""
        made = {"input": pictures}
        for facts, layer in zip(self.facts.layers, self.layers):
            made[facts["name"]] = layer(made[facts["from"]])

        def joined(suffix, length):
            parts = [made[source + suffix].permute(0, 2, 3, 1).reshape(len(pictures), -1) for source in self.facts.sources]
            return torch.cat(parts, 1).float().reshape(len(pictures), -1, length)

        return joined("_mbox_loc", 4), joined("_mbox_conf", self.facts.classes)

    def normalised(self, pictures):
        """[n][h][w][3] bytes -> [n][3][h][w]"""
        mean, scale = (torch.tensor(self.facts.input[key], device=pictures.device) for key in ("mean", "scale"))
        return ((pictures.float() - mean) * scale).permute(0, 3, 1, 2)

    def named_tensors(self):
        return {facts["name"] + name: tensor for facts, layer in zip(self.facts.layers, self.layers) for name, tensor in layer.tensors()}


def save_half(network, path):
    """Writes the weights as safetensors, F16, in the order of their names."""
    header, blocks, offset = {"__metadata__": {"ssdgen_format": "1"}}, [], 0
    for name, tensor in sorted(network.named_tensors().items()):
        values = tensor.detach().cpu().float().numpy()
        if not numpy.isfinite(values).all() or numpy.abs(values).max() > numpy.finfo(numpy.float16).max:
            fail(f"{name}: has a value that half precision does not hold")
        block = values.astype("<f2").tobytes()
        header[name] = {"dtype": "F16", "shape": list(values.shape), "data_offsets": [offset, offset + len(block)]}
        blocks.append(block)
        offset += len(block)
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    pathlib.Path(path).write_bytes(struct.pack("<Q", len(text)) + text + b"".join(blocks))


def load_half(network, path):
    """Takes the weights that save_half wrote; each tensor of the network has to be there, and no other."""
    try:
        data = pathlib.Path(path).read_bytes()
    except OSError as error:
        fail(f"{path}: cannot be read: {error.strerror}")
    length = struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8 : 8 + length])
    header.pop("__metadata__", None)
    tensors = network.named_tensors()
    if set(header) != set(tensors):
        fail(f"{path}: its tensors are not those of {network.facts.name}: {sorted(set(header) ^ set(tensors))[:4]}")
    for name, tensor in tensors.items():
        if header[name]["dtype"] != "F16":
            fail(f"{path}: {name}: found {header[name]['dtype']}; allowed: F16")
        begin, end = header[name]["data_offsets"]
        if header[name]["shape"] != list(tensor.shape):
            fail(f"{path}: {name}: found shape {header[name]['shape']}; allowed: {list(tensor.shape)}")
        values = numpy.frombuffer(data[8 + length + begin : 8 + length + end], "<f2").astype(numpy.float32)
        with torch.no_grad():
            tensor.copy_(torch.from_numpy(values.reshape(tensor.shape)))
