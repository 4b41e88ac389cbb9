"""Rendered pictures on disk: shards of JPEG files with their boxes, and from them all pictures in one network's input size."""
import io
import multiprocessing
import os

import numpy
from PIL import Image

import pictures

SHARD = 1000  # pictures


def resized(image, height, width):
    """[h][w][3] bytes -> [height][width][3] bytes, bit for bit as runtime/ssd/resize.h with half_pixel."""

    def samples(size, source):
        position = ((numpy.arange(size) + 0.5) * (1.0 / (size / source)) - 0.5).astype(numpy.float32)
        first = numpy.floor(position)
        share = position - first
        shares = [numpy.rint((1 - share) * 2048).astype(numpy.int32), numpy.rint(share * 2048).astype(numpy.int32)]
        return first.astype(int), shares

    if image.shape[:2] == (height, width):
        return image
    x, (left_share, right_share) = samples(width, image.shape[1])
    alone = (x < 0) | (x >= image.shape[1] - 1)
    left_share, right_share = numpy.where(alone, 2048, left_share), numpy.where(alone, 0, right_share)
    left, right = numpy.clip(x, 0, image.shape[1] - 1), numpy.clip(x + 1, 0, image.shape[1] - 1)
    rows = image[:, left].astype(numpy.int32) * left_share[:, None] + image[:, right].astype(numpy.int32) * right_share[:, None]
    y, (top_share, bottom_share) = samples(height, image.shape[0])
    top, bottom = (numpy.clip(y + i, 0, image.shape[0] - 1) for i in (0, 1))
    sums = ((rows[top] >> 4) * top_share[:, None, None] >> 16) + ((rows[bottom] >> 4) * bottom_share[:, None, None] >> 16)
    return ((sums + 2) >> 2).astype(numpy.uint8)


def write_whole(path, write):
    """A file that is there is a whole one."""
    part = f"{path}.part"
    with open(part, "wb") as file:
        write(file)
    os.replace(part, path)


def render_shard(job):
    path, seed, first, count = job
    renderer = pictures.Renderer(seed)
    files, truth = [], []
    for index in range(first, first + count):
        file, objects = renderer.render(index)
        files.append(numpy.frombuffer(file, numpy.uint8))
        truth += [(index, label, *box) for label, box in objects]
    ends = numpy.cumsum([len(file) for file in files])
    write_whole(path, lambda out: numpy.savez(out, files=numpy.concatenate(files), ends=ends, truth=numpy.array(truth, numpy.float64)))
    return path


def resize_shard(job):
    path, height, width = job
    shard = numpy.load(path)
    begins = numpy.concatenate([[0], shard["ends"][:-1]])
    result = numpy.empty((len(begins), height, width, 3), numpy.uint8)
    files = shard["files"]
    for index, (begin, end) in enumerate(zip(begins, shard["ends"])):
        result[index] = resized(numpy.asarray(Image.open(io.BytesIO(files[begin:end].tobytes()))), height, width)
    target = f"{path[:-4]}-{height}x{width}.npy"
    write_whole(target, lambda out: numpy.save(out, result))
    return target


class Dataset:
    """`count` pictures of a seed: pixels(index) [height][width][3] bytes, truth[index] = classes [n], boxes [n][4]. What is not on disk
    yet is rendered, a shard at a time, so that it may be interrupted."""

    def __init__(self, folder, seed, count, size, workers, say=print):
        os.makedirs(folder, exist_ok=True)
        self.count, self.size = count, size
        shards = [(os.path.join(folder, f"seed{seed}-{first:06}-{min(SHARD, count - first)}.npz"), seed, first, min(SHARD, count - first))
                  for first in range(0, count, SHARD)]
        self.complete([job for job in shards if not os.path.exists(job[0])], render_shard, workers, say)
        sized = [f"{job[0][:-4]}-{size[0]}x{size[1]}.npy" for job in shards]
        self.complete([(job[0], *size) for job, path in zip(shards, sized) if not os.path.exists(path)], resize_shard, workers, say)
        self.blocks = [numpy.load(path, mmap_mode="r") for path in sized]
        self.truth = [[] for _ in range(count)]
        for job in shards:
            for row in numpy.load(job[0])["truth"]:
                self.truth[int(row[0])].append((int(row[1]), tuple(row[2:])))

    @staticmethod
    def complete(jobs, work, workers, say):
        if not jobs:
            return
        with multiprocessing.get_context("spawn").Pool(min(workers, len(jobs))) as pool:
            for path in pool.imap_unordered(work, jobs):
                say(f"wrote {path}")

    def pixels(self, index):
        return self.blocks[index // SHARD][index % SHARD]
