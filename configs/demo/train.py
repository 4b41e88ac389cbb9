#!/usr/bin/python3
"""Trains the demo's detector on pictures that it renders itself, and writes the weights that ssdgen reads. Needs Debian's
python3-torch, python3-numpy, python3-pil and fonts-noto-color-emoji, and build/ssdgen. An interrupted training goes on where its last
checkpoint is when the same command is given again.

    train.py [--alpha A] [--rho R] [--minutes M]    trains, at most M minutes this time; at the end writes STEM.safetensors, STEM.jsonl
    train.py [--rho R] --start FILE                 trains on from such weights of the same alpha
    train.py [--alpha A] [--rho R] --evaluate       the written weights on the 1,000 held-out pictures
"""
import argparse
import datetime
import json
import math
import os
import pathlib
import tempfile
import time
import zlib

import numpy
import torch
from torch import distributed, multiprocessing

import batches
import evaluation
from dataset import Dataset
from loss import Loss
from network import REPOSITORY, Facts, Network, fail, load_half, save_half

TRAINING_SEED, HELD_OUT_SEED, SAMPLE_SEED, VALIDATION_SEED = 1, 2, 3, 4  # of the renderer
HELD_OUT, VALIDATION = 1000, 300  # pictures
EVALUATION_THRESHOLD = 0.01
WARM_UP = 300  # steps
LOG_EVERY, CHECKPOINT_EVERY, VALIDATE_EVERY = 100, 250, 2000  # steps
DECAY_OF_AVERAGE = 0.9995


def parse():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--config", type=pathlib.Path, default=REPOSITORY / "configs/demo/emoji_voc.json")
    parser.add_argument("--alpha", type=float, help="instead of the description's")
    parser.add_argument("--rho", type=float)
    parser.add_argument("--start", type=pathlib.Path, metavar="FILE", help="weights to start from: the same alpha at another rho")
    parser.add_argument("--steps", type=int, default=12000, help="of the whole training; the rate falls to 0 over them")
    parser.add_argument("--minutes", type=float, help="stop with a checkpoint after so many")
    parser.add_argument("--batch", type=int, default=64, help="pictures a step, of all workers together")
    parser.add_argument("--workers", type=int, help="processes with a thread each (default: one a core, 1 with a GPU)")
    parser.add_argument("--rate", type=float, default=0.005, help="highest learning rate of AdamW")
    parser.add_argument("--pictures", type=int, default=30000)
    parser.add_argument("--seed", type=int, default=1, help="of the first weights, the order and the changes of pictures")
    parser.add_argument("--work", type=pathlib.Path, default=REPOSITORY / "build/demo", help="pictures and checkpoints")
    parser.add_argument("--out", type=pathlib.Path, default=REPOSITORY / "configs/demo", help="weights and log")
    parser.add_argument("--ssdgen", type=pathlib.Path, default=REPOSITORY / "build/ssdgen")
    parser.add_argument("--evaluate", action="store_true")
    options = parser.parse_args()
    options.gpu = torch.cuda.is_available()
    options.workers = options.workers or (1 if options.gpu else len(os.sched_getaffinity(0)))
    if options.batch % options.workers:
        parser.error(f"--batch {options.batch}: allowed: a multiple of the {options.workers} workers")
    if options.start and options.evaluate:
        parser.error("--start: allowed: without --evaluate")
    return options


def has_bfloat16(gpu):
    """Does this machine multiply in bfloat16? Then the layers do, while weights, sums and loss stay in float."""
    return torch.cuda.is_bf16_supported() if gpu else "avx512_bf16" in pathlib.Path("/proc/cpuinfo").read_text()


class Average:
    """The exponential moving average of a network's weights and statistics: what is evaluated and written."""

    def __init__(self, network):
        self.network = Network(network.facts).to(next(network.parameters()).device)
        self.network.load_state_dict(network.state_dict())

    def update(self, network, step):
        decay = min(DECAY_OF_AVERAGE, (1 + step) / (10 + step))
        for mean, value in zip(self.network.state_dict().values(), network.state_dict().values()):
            if mean.is_floating_point():
                mean.lerp_(value, 1 - decay)


def rate_at(step, options):
    warm = min(1, (step + 1) / WARM_UP)
    return options.rate * warm * 0.5 * (1 + math.cos(math.pi * min(1, step / options.steps)))


def share(network, workers):
    """The mean over all workers of gradients and batch norm's statistics, so that their networks stay equal."""
    if workers == 1:
        return
    tensors = [parameter.grad for parameter in network.parameters()] + [b for b in network.buffers() if b.is_floating_point()]
    flat = torch.cat([tensor.flatten() for tensor in tensors])
    distributed.all_reduce(flat)
    flat /= workers
    for tensor, part in zip(tensors, flat.split([tensor.numel() for tensor in tensors])):
        tensor.copy_(part.view_as(tensor))


@torch.no_grad()
def measure(network, data, threshold=EVALUATION_THRESHOLD):
    """{"map":, "small":, "medium":, "large":, "classes":} of a network over a data set."""
    network.eval()
    device = next(network.parameters()).device
    found, truths = [], []
    for first in range(0, data.count, 32):
        numbers = range(first, min(first + 32, data.count))
        pixels = torch.from_numpy(numpy.stack([data.pixels(number) for number in numbers])).to(device)
        codes, logits = (values.cpu().numpy() for values in network(network.normalised(pixels)))
        for row, number in enumerate(numbers):
            found += [(number, *entry) for entry in evaluation.detect(network.facts, codes[row], logits[row], threshold)]
            truths += [(number, *entry) for entry in data.truth[number]]
    return evaluation.evaluate(found, truths, network.facts.classes)


def rounded(result):
    return {key: round(result[key], 4) if result[key] is not None else None for key in ("map", *evaluation.SIZES)}


class Training:
    def __init__(self, rank, options, facts, data, validation):
        self.rank, self.options, self.facts, self.data, self.validation = rank, options, facts, data, validation
        self.device = "cuda" if options.gpu else "cpu"
        self.bfloat16 = has_bfloat16(options.gpu)
        torch.manual_seed(options.seed)
        self.network = Network(facts).to(self.device).to(memory_format=torch.channels_last)
        plain = [p for p in self.network.parameters() if p.ndim == 1]
        weights = [p for p in self.network.parameters() if p.ndim > 1]
        self.optimiser = torch.optim.AdamW([{"params": weights, "weight_decay": 0.02}, {"params": plain, "weight_decay": 0}])
        self.average, self.loss = Average(self.network), Loss(facts, self.device)
        self.step, self.minutes, self.log = 0, 0.0, []
        self.folder = options.work / facts.stem
        self.recipe = {"alpha": facts.alpha, "rho": facts.rho, "size": facts.size[0], "pictures": options.pictures, "steps": options.steps,
                       "batch": options.batch, "workers": options.workers, "rate": options.rate, "seed": options.seed,
                       "start": options.start and f"{options.start.name}, CRC {zlib.crc32(options.start.read_bytes()):08x}",
                       "picture_seeds": [TRAINING_SEED, HELD_OUT_SEED], "bfloat16": self.bfloat16}

    def resume(self):
        path = self.folder / "checkpoint.pt"
        if not path.exists():
            if self.options.start:
                load_half(self.network, self.options.start)
                self.average = Average(self.network)
            return
        saved = torch.load(path, map_location=self.device)
        if saved["recipe"] != self.recipe:
            changed = {key: value for key, value in saved["recipe"].items() if self.recipe.get(key) != value}
            fail(f"{path}: was trained with {changed}; allowed: the same options, or another --work")
        self.network.load_state_dict(saved["network"])
        self.average.network.load_state_dict(saved["average"])
        self.optimiser.load_state_dict(saved["optimiser"])
        self.step, self.minutes, self.log = saved["step"], saved["minutes"], saved["log"]

    def save(self):
        if self.rank:
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        torch.save({"recipe": self.recipe, "network": self.network.state_dict(), "average": self.average.network.state_dict(),
                    "optimiser": self.optimiser.state_dict(), "step": self.step, "minutes": self.minutes, "log": self.log},
                   self.folder / "checkpoint.part")
        os.replace(self.folder / "checkpoint.part", self.folder / "checkpoint.pt")

    def note(self, **facts):
        if self.rank == 0:
            self.log.append({"step": self.step, "minutes": round(self.minutes, 1), **facts})
            print(json.dumps(self.log[-1]), flush=True)

    def one_step(self):
        options = self.options
        for group in self.optimiser.param_groups:
            group["lr"] = rate_at(self.step, options)
        numbers = batches.indices(options.seed, self.step, options.batch, self.data.count)[self.rank :: options.workers]
        random = numpy.random.default_rng([options.seed, 2, self.step, self.rank])
        pictures, boxes, classes = batches.load(self.network, self.data, numbers, random, self.device)
        self.network.train()
        self.optimiser.zero_grad(set_to_none=True)
        with torch.autocast(self.device, torch.bfloat16, enabled=self.bfloat16):
            codes, logits = self.network(pictures)
        box_loss, score_loss = self.loss(codes, logits, boxes, classes)
        (box_loss + score_loss).backward()
        share(self.network, options.workers)
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), 10)
        self.optimiser.step()
        self.step += 1
        self.average.update(self.network, self.step)
        return float(box_loss), float(score_loss)

    def stop_now(self, started):
        """Rank 0's clock decides for all."""
        late = torch.tensor([float(self.options.minutes is not None and time.time() - started > 60 * self.options.minutes)])
        if self.options.workers > 1:
            distributed.broadcast(late, 0)
        return late.item() > 0

    def run(self):
        self.resume()
        started, sums, since = time.time(), numpy.zeros(3), time.time()
        spent = self.minutes
        while self.step < self.options.steps:
            sums += (*self.one_step(), 1)
            self.minutes = spent + (time.time() - started) / 60
            if self.step % LOG_EVERY == 0:
                speed = sums[2] * self.options.batch / (time.time() - since)
                self.note(box_loss=round(sums[0] / sums[2], 4), score_loss=round(sums[1] / sums[2], 4),
                          rate=round(rate_at(self.step, self.options), 6), pictures_per_second=round(speed, 1))
                sums, since = numpy.zeros(3), time.time()
            if self.step % VALIDATE_EVERY == 0 and self.rank == 0:
                self.note(validation=rounded(measure(self.average.network, self.validation)))
            if self.step % CHECKPOINT_EVERY == 0 and self.step < self.options.steps:
                self.save()
                if self.stop_now(started):
                    return
        self.save()
        if self.rank == 0:
            self.finish()

    def finish(self):
        options, stem = self.options, self.facts.stem
        options.out.mkdir(parents=True, exist_ok=True)
        weights = options.out / f"{stem}.safetensors"
        save_half(self.average.network, weights)
        result = evaluate_written(options, self.facts)
        lines = [{"recipe": self.recipe}, *self.log, result]
        (options.out / f"{stem}.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
        print(f"wrote {weights} and {options.out / stem}.jsonl")


def evaluate_written(options, facts):
    """The written weights, in float, on the held-out pictures."""
    torch.set_num_threads(options.workers)
    network = Network(facts)
    load_half(network, options.out / f"{facts.stem}.safetensors")
    data = Dataset(options.work / "pictures", HELD_OUT_SEED, HELD_OUT, facts.size, options.workers)
    result = measure(network, data)
    line = {"held_out_pictures": HELD_OUT, **rounded(result)}
    names = pathlib.Path(options.config.parent / "labels.txt").read_text().split("\n")
    line["classes"] = {names[label]: round(value, 4) for label, value in result["classes"].items()}
    print(json.dumps(line), flush=True)
    return line


def work(rank, options, facts, meeting):
    torch.set_num_threads(1)
    if options.workers > 1:
        distributed.init_process_group("gloo", init_method=f"file://{meeting}", rank=rank, world_size=options.workers,
                                       timeout=datetime.timedelta(days=1))  # all of them may be stopped for a while
    silent = lambda _: None
    data = Dataset(options.work / "pictures", TRAINING_SEED, options.pictures, facts.size, 1, silent)
    validation = Dataset(options.work / "pictures", VALIDATION_SEED, VALIDATION, facts.size, 1, silent)
    Training(rank, options, facts, data, validation).run()


def main():
    options = parse()
    facts = Facts(options.config, options.alpha, options.rho, options.ssdgen)
    if options.evaluate:
        evaluate_written(options, facts)
        return
    if options.start:
        load_half(Network(facts), options.start)  # says now what is wrong with it
    for seed, count in ((TRAINING_SEED, options.pictures), (VALIDATION_SEED, VALIDATION)):
        Dataset(options.work / "pictures", seed, count, facts.size, options.workers)
    with tempfile.TemporaryDirectory() as folder:
        arguments = options, facts, os.path.join(folder, "meeting")
        if options.workers == 1:
            work(0, *arguments)
        else:
            multiprocessing.spawn(work, arguments, options.workers)


if __name__ == "__main__":
    main()
