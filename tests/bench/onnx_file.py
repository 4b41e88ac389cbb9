"""Writing a Caffe detector's layers and parameters as an .onnx file. Its few protobuf messages are encoded here, so that nothing need be
installed; the numbers of their fields are those of onnx.proto."""
import struct

from caffe_files import all_of, one_of

FLOAT, UINT8, INT8, INT32, INT64 = 1, 2, 3, 6, 7  # TensorProto.DataType
ATTRIBUTE_INT, ATTRIBUTE_INTS = 2, 7  # AttributeProto.AttributeType
OPSET_VERSION, IR_VERSION = 13, 7


def varint(value):
    value &= (1 << 64) - 1
    encoded = bytearray()
    while value > 127:
        encoded.append(value & 127 | 128)
        value >>= 7
    encoded.append(value)
    return bytes(encoded)


def number_field(field, value):
    return varint(field << 3) + varint(value)


def bytes_field(field, content):
    if isinstance(content, str):
        content = content.encode()
    return varint(field << 3 | 2) + varint(len(content)) + content


def tensor(name, shape, data_type, content):  # TensorProto
    dimensions = b"".join(number_field(1, dimension) for dimension in shape)
    return dimensions + number_field(2, data_type) + bytes_field(8, name) + bytes_field(9, content)


def attribute(name, value):  # AttributeProto
    if isinstance(value, int):
        return bytes_field(1, name) + number_field(3, value) + number_field(20, ATTRIBUTE_INT)
    return bytes_field(1, name) + b"".join(number_field(8, one) for one in value) + number_field(20, ATTRIBUTE_INTS)


def node(kind, inputs, output, **attributes):  # NodeProto, named by what it gives
    return (b"".join(bytes_field(1, one) for one in inputs) + bytes_field(2, output) + bytes_field(3, output) + bytes_field(4, kind) +
            b"".join(bytes_field(5, attribute(name, value)) for name, value in attributes.items()))


def float_value(name, shape=None):  # ValueInfoProto; a shape that is left out follows from the nodes
    tensor_type = number_field(1, FLOAT)
    if shape is not None:
        tensor_type += bytes_field(2, b"".join(bytes_field(1, number_field(1, dimension)) for dimension in shape))
    return bytes_field(1, name) + bytes_field(2, bytes_field(1, tensor_type))


def model(nodes, tensors, inputs, outputs):  # ModelProto
    graph = (b"".join(bytes_field(1, one) for one in nodes) + bytes_field(2, "network") +
             b"".join(bytes_field(5, one) for one in tensors) +
             b"".join(bytes_field(11, one) for one in inputs) + b"".join(bytes_field(12, one) for one in outputs))
    opset = bytes_field(1, "") + number_field(2, OPSET_VERSION)
    return number_field(1, IR_VERSION) + bytes_field(2, "tests/bench") + bytes_field(7, graph) + bytes_field(8, opset)


class Graph:
    """Nodes and constants in the making; both functions return the name of what there is now."""

    def __init__(self):
        self.nodes, self.tensors = [], []

    def add(self, kind, inputs, output, **attributes):
        self.nodes.append(node(kind, inputs, output, **attributes))
        return output

    def tensor(self, name, shape, data_type, content):
        self.tensors.append(tensor(name, shape, data_type, content))
        return name


class FloatForm:
    """How the layers are written whose numbers are floats. blobs: as read_caffemodel gives them."""

    def __init__(self, blobs):
        self.blobs = blobs

    def picture(self, graph, name):
        return name

    def convolution(self, graph, name, bottom, attributes):
        parameters = [graph.tensor(f"{name}:{number}", shape, FLOAT, content) for number, (shape, content) in enumerate(self.blobs[name])]
        return graph.add("Conv", [bottom, *parameters], name, **attributes)

    def relu(self, graph, name, bottom):
        return graph.add("Relu", [bottom], name)


def onnx_of_caffe(layers, outputs, form):
    """The bytes of an .onnx file that computes the blobs named in `outputs` with these layers, written in a form: FloatForm or another."""
    graph, inputs = Graph(), []
    graph.tensor("flat_shape", [2], INT64, struct.pack("<2q", 1, -1))
    current = {}  # the name that a blob's latest value has here: a layer may write into its own input
    for layer in layers:
        kind, name, top = one_of(layer, "type"), one_of(layer, "name"), one_of(layer, "top")
        bottoms = [current[bottom] for bottom in all_of(layer, "bottom")]
        if kind == "Input":
            shape = one_of(one_of(layer, "input_param"), "shape")
            inputs.append(float_value(name, [int(dimension) for dimension in all_of(shape, "dim")]))
            current[top] = form.picture(graph, name)
        elif kind == "Convolution":
            current[top] = form.convolution(graph, name, *bottoms, convolution_attributes(one_of(layer, "convolution_param")))
        elif kind == "ReLU":
            current[top] = form.relu(graph, name, *bottoms)
        elif kind == "Permute":
            order = [int(axis) for axis in all_of(one_of(layer, "permute_param"), "order")]
            current[top] = graph.add("Transpose", bottoms, name, perm=order)
        elif kind == "Flatten":
            current[top] = graph.add("Reshape", bottoms + ["flat_shape"], name)
        elif kind == "Concat":
            current[top] = graph.add("Concat", bottoms, name, axis=int(one_of(one_of(layer, "concat_param", []), "axis", 1.0)))
        else:
            raise ValueError(f"layer {name}: no form in ONNX for type {kind}")
    return model(graph.nodes, graph.tensors, inputs, [float_value(current[name]) for name in outputs])


def convolution_attributes(parameters):
    kernel = int(one_of(parameters, "kernel_size", 1.0))
    stride = int(one_of(parameters, "stride", 1.0))
    pad = int(one_of(parameters, "pad", 0.0))
    return dict(kernel_shape=[kernel] * 2, strides=[stride] * 2, pads=[pad] * 4, group=int(one_of(parameters, "group", 1.0)))
