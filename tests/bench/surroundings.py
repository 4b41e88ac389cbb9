"""What detect() does before and after the network, timed with the models and photographs of ../shared, where these are."""
import json
import os

from networks import NAME, ROOT, command_output, compile_program

MODELS = os.path.join(os.path.dirname(ROOT), "shared", "models")
MODEL = os.path.join(MODELS, "coco_ssd_mobilenet_v1_quant.tflite")


def time_surroundings(networks, target):
    """{"resize_ms", "pictures": [{"name", "all_ms", "likely_ms"}]}; the reason, a text, where it cannot be."""
    if not os.path.exists(MODEL):
        return "left out: ../shared/models is not there"
    source = os.path.join(networks.folder, "surroundings")
    os.makedirs(source, exist_ok=True)
    config, weights = os.path.join(source, "network.json"), os.path.join(source, "network.safetensors")
    command_output([networks.ssdgen, "import", MODEL, "--out-config", config, "--out-weights", weights])
    with open(config) as file:
        description = json.load(file)
    description["name"] = NAME
    with open(config, "w") as file:
        json.dump(description, file)
    library = networks.build_library(config, ["--weights", weights, "--precision", "f32"], target, os.path.join(source, target))
    program = os.path.join(source, "surroundings")
    if not compile_program("surroundings.cpp", program, "-I" + os.path.join(source, target), library):
        return f"left out: surroundings.cpp does not compile (libstb-dev missing?); {program}.log says why"
    return json.loads(command_output([program, MODELS]))
