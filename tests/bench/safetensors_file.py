"""Reading a .safetensors file: eight bytes, the length of a JSON header, the header, the numbers."""
import json
import struct


def read_safetensors(path):
    """Name of a tensor -> (shape, bytes)."""
    with open(path, "rb") as file:
        header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
        values = file.read()
    header.pop("__metadata__", None)
    return {name: (entry["shape"], values[slice(*entry["data_offsets"])]) for name, entry in header.items()}
