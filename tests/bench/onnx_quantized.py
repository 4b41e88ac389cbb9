"""The layers of a network that `ssdgen quantize` made, in the form in which ONNX Runtime takes networks of 8 bits: each convolution of
floats between the nodes that quantize and dequantize (QDQ), which it fuses into one of whole numbers. Maps are bytes (ours less 128),
weights signed with a scale an output channel: the pair that its kernels for VNNI take."""
import struct

from onnx_file import FLOAT, INT8, INT32, UINT8


class QuantizedForm:
    """tensors: name -> (shape, bytes), as the weights file has them."""

    def __init__(self, tensors):
        self.tensors = tensors

    def picture_numbers(self):
        """What the network takes a picture's byte for: (byte - zero) * scale."""
        return self.zero_point("input"), struct.unpack("<f", self.tensors["input_scale"][1])[0]

    def picture(self, graph, name):
        return self.stored(graph, name, "input")

    def convolution(self, graph, name, bottom, attributes):
        weight = self.constant(graph, f"{name}.weight", INT8)
        bias = self.constant(graph, f"{name}.bias", INT32)
        return self.stored(graph, graph.add("Conv", [bottom, weight, bias], f"{name}:sum", **attributes), f"{name}.output")

    def relu(self, graph, name, bottom):
        """Nothing: the map's zero point is its least number, so that storing it clamps."""
        layer = bottom.removesuffix(":sum:real")
        if self.zero_point(f"{layer}.output") != 0:
            raise ValueError(f"{name}: the map before it reaches below 0; allowed: from 0")
        return bottom

    def zero_point(self, prefix):
        """Of a map, as its bytes have it."""
        return struct.unpack("b", self.tensors[f"{prefix}_zero_point"][1])[0] + 128

    def stored(self, graph, value, prefix):
        """The value as it is when it has been stored as bytes and read again."""
        numbers = [graph.tensor(f"{value}:scale", [], FLOAT, self.tensors[f"{prefix}_scale"][1]),
                   graph.tensor(f"{value}:zero", [], UINT8, bytes([self.zero_point(prefix)]))]
        graph.add("QuantizeLinear", [value, *numbers], f"{value}:byte")
        return graph.add("DequantizeLinear", [f"{value}:byte", *numbers], f"{value}:real")

    def constant(self, graph, name, data_type):
        shape, content = self.tensors[name]
        values = [graph.tensor(name, shape, data_type, content)]
        for part, of in (("scale", FLOAT), ("zero_point", data_type)):
            values.append(graph.tensor(f"{name}_{part}", shape[:1], of, self.tensors[f"{name}_{part}"][1]))
        return graph.add("DequantizeLinear", values, f"{name}:real", axis=0)
