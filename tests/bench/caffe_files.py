"""Reading what `ssdgen export` writes: a prototxt (text) and a .caffemodel (protobuf), as far as a detector's raw outputs need it."""
import re
import struct


def parse_prototxt(text):
    """The text as a list of (key, value) pairs; a value is a number, a string, a bare word or such a list again."""
    tokens = re.findall(r'"[^"]*"|[{}:]|[^\s{}:]+', re.sub(r"(?m)#.*$", "", text))
    tokens.reverse()

    def value_of(token):
        if token.startswith('"'):
            return token[1:-1]
        return float(token) if re.fullmatch(r"[-+\d.eE]+", token) else token

    def pairs():
        found = []
        while tokens and tokens[-1] != "}":
            key, next_token = tokens.pop(), tokens.pop()
            if next_token == ":":
                next_token = tokens.pop()
            if next_token == "{":
                found.append((key, pairs()))
                tokens.pop()
            else:
                found.append((key, value_of(next_token)))
        return found

    return pairs()


def print_prototxt(pairs, indent=""):
    """The reverse of parse_prototxt."""
    lines = []
    for key, value in pairs:
        if isinstance(value, list):
            lines += [f"{indent}{key} {{", print_prototxt(value, indent + "  "), indent + "}"]
        elif isinstance(value, float):
            lines.append(f"{indent}{key}: {value:g}")
        else:
            bare = re.fullmatch(r"[A-Z_]+|true|false", value) and key not in ("name", "type", "top", "bottom")
            lines.append(f"{indent}{key}: {value}" if bare else f'{indent}{key}: "{value}"')
    return "\n".join(lines)


def all_of(pairs, key):
    return [value for name, value in pairs if name == key]


def one_of(pairs, key, default=None):
    return next(iter(all_of(pairs, key)), default)


def layers_for(network, outputs):
    """The layers that compute the blobs named `outputs`, in their order: what comes after (priors, softmax, suppression) is left out."""
    wanted, layers = set(outputs), []
    for layer in reversed(all_of(network, "layer")):
        if wanted.intersection(all_of(layer, "top")):
            wanted.update(all_of(layer, "bottom"))
            layers.append(layer)
    return layers[::-1]


def fields(message):
    """The (number, value) pairs of a protobuf message: whole numbers for varints, memory for everything else."""
    position = 0

    def varint():
        nonlocal position
        result = shift = 0
        while True:
            byte = message[position]
            position += 1
            result |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return result

    while position < len(message):
        number, wire_type = divmod(varint(), 8)
        if wire_type == 0:
            yield number, varint()
            continue
        size = {1: 8, 5: 4}.get(wire_type) or varint()
        yield number, message[position:position + size]
        position += size


def read_caffemodel(path):
    """Name of a layer -> its blobs, each (shape, little-endian float32 bytes)."""
    with open(path, "rb") as file:
        network = memoryview(file.read())
    blobs = {}
    for number, layer in fields(network):
        if number != 100:  # NetParameter.layer
            continue
        name, found = None, []
        for number, value in fields(layer):
            if number == 1:  # LayerParameter.name
                name = bytes(value).decode()
            elif number == 7:  # LayerParameter.blobs
                found.append(read_blob(value))
        blobs[name] = found
    return blobs


def read_blob(message):
    shape, data = [], []
    for number, value in fields(message):
        if number == 7:  # BlobProto.shape, and in it the packed or single dim
            for _, dimensions in fields(value):
                shape += [dimensions] if isinstance(dimensions, int) else packed_varints(dimensions)
        elif number == 5:  # BlobProto.data: packed, or one value at a time
            data.append(bytes(value))
    content = b"".join(data)
    count = 1
    for dimension in shape:
        count *= dimension
    if len(content) != count * struct.calcsize("<f"):
        raise ValueError(f"a blob of shape {shape} has {len(content)} bytes")
    return shape, content


def packed_varints(content):
    found, value, shift = [], 0, 0
    for byte in content:
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            found.append(value)
            value = shift = 0
    return found
