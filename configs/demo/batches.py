"""Batches of a data set, a function of seed and step alone, so that an interrupted training goes on exactly."""
import math

import numpy
import torch
from torch.nn import functional

MOST_OBJECTS = 6
ZOOM = 0.75, 1.33
KEPT = 0.5  # an object of which less of the box is left is no longer one


def order(seed, epoch, count):
    return numpy.random.default_rng([seed, 1, epoch]).permutation(count)


def indices(seed, step, batch, count):
    """The pictures of a step: each of the data set once an epoch, in an order of its own."""
    steps = count // batch
    return order(seed, step // steps, count)[step % steps * batch :][:batch]


def moved(boxes, zoom, shift, mirrored):
    """[n][4] boxes after `augmented` moved the picture, cut to it, and which of them are still objects."""
    low, high = ((side * 2 - 1 - shift) * zoom / 2 + 0.5 for side in (boxes[:, :2], boxes[:, 2:]))
    if mirrored:
        low[:, 1], high[:, 1] = 1 - high[:, 1], 1 - low[:, 1].copy()
    whole = (high - low).prod(1)
    low, high = low.clip(0, 1), high.clip(0, 1)
    return numpy.concatenate([low, high], 1), (high - low).clip(0).prod(1) >= KEPT * whole


def load(network, data, numbers, random, device="cpu"):
    """-> pictures [n][3][h][w] normalised, boxes [n][6][4], classes [n][6]. Half of the pictures are zoomed and shifted, half mirrored;
    all change brightness and tint a little."""
    boxes, classes = numpy.zeros((len(numbers), MOST_OBJECTS, 4), numpy.float32), numpy.zeros((len(numbers), MOST_OBJECTS), numpy.int64)
    affine = numpy.zeros((len(numbers), 2, 3), numpy.float32)
    for row, number in enumerate(numbers):
        mirrored, zoom, shift = random.random() < 0.5, 1.0, numpy.zeros(2)
        if random.random() < 0.5:
            zoom = math.exp(random.uniform(math.log(ZOOM[0]), math.log(ZOOM[1])))
            shift = random.uniform(-1, 1, 2) * abs(1 - 1 / zoom)  # y, x
        affine[row] = [[(-1 if mirrored else 1) / zoom, 0, shift[1]], [0, 1 / zoom, shift[0]]]
        labels = numpy.array([label for label, _ in data.truth[number]], numpy.int64)
        places, kept = moved(numpy.array([box for _, box in data.truth[number]]), zoom, shift, mirrored)
        boxes[row, : kept.sum()], classes[row, : kept.sum()] = places[kept], labels[kept]
    pixels = torch.from_numpy(numpy.stack([data.pixels(number) for number in numbers])).to(device)
    pictures = network.normalised(pixels).contiguous()
    zoomed = torch.from_numpy(affine).to(device)
    changed = torch.from_numpy(numpy.flatnonzero(affine[:, 1, 1] != 1)).to(device)
    flipped = torch.from_numpy(numpy.flatnonzero((affine[:, 1, 1] == 1) & (affine[:, 0, 0] < 0))).to(device)
    pictures[flipped] = pictures[flipped].flip(3)
    if len(changed):
        grid = functional.affine_grid(zoomed[changed], [len(changed), *pictures.shape[1:]], align_corners=False)
        pictures[changed] = functional.grid_sample(pictures[changed], grid, align_corners=False)
    gain = numpy.exp(random.normal(0, 0.06, (len(numbers), 3, 1, 1))) * numpy.exp(random.normal(0, 0.1, (len(numbers), 1, 1, 1)))
    offset = random.normal(0, 0.04, (len(numbers), 3, 1, 1))
    gain, offset = (torch.from_numpy(values.astype(numpy.float32)).to(device) for values in (gain, offset))
    pictures = (pictures * gain + offset).clamp_(-1, 1)
    return pictures.contiguous(memory_format=torch.channels_last), torch.from_numpy(boxes).to(device), torch.from_numpy(classes).to(device)
