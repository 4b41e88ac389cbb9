"""What the objects stand before: gradients, noise, textures, clutter and simple scenes, [side][side][3] floats of 0 to 255."""
import numpy
from PIL import Image, ImageDraw


def colour(random, low=0, high=255):
    return random.uniform(low, high, 3).astype(numpy.float32)


def near(random, base, spread):
    return numpy.clip(base + random.normal(0, spread, 3), 0, 255).astype(numpy.float32)


def smooth_noise(random, side, cells, channels):
    """[side][side][channels] of -1 to 1, one random value in each of cells x cells, smooth between."""
    grid = random.uniform(-1, 1, (cells, cells, channels)).astype(numpy.float32)
    planes = [Image.fromarray(grid[:, :, c]).resize((side, side), Image.BICUBIC) for c in range(channels)]
    return numpy.stack([numpy.asarray(plane) for plane in planes], 2)


def gradient(random, side):
    position = numpy.linspace(0, 1, side, dtype=numpy.float32)
    if random.random() < 0.3:
        centre_y, centre_x = random.uniform(0, 1, 2).astype(numpy.float32)
        ramp = numpy.hypot(position[:, None] - centre_y, position[None, :] - centre_x)
    else:
        angle = random.uniform(0, 2 * numpy.pi)
        ramp = position[:, None] * numpy.float32(numpy.sin(angle)) + position[None, :] * numpy.float32(numpy.cos(angle))
    ramp = (ramp - ramp.min()) / (ramp.max() - ramp.min())
    stops = [colour(random) for _ in range(random.integers(2, 4))]
    places = numpy.linspace(0, 1, len(stops))
    return numpy.stack([numpy.interp(ramp, places, [stop[c] for stop in stops]) for c in range(3)], 2).astype(numpy.float32)


def noise(random, side):
    result = numpy.zeros((side, side, 3), numpy.float32) + colour(random, 40, 215)
    strength = random.uniform(25, 70)
    grey = random.random() < 0.5
    for cells in (3, 7, 17, 41, 97):
        result += strength * smooth_noise(random, side, cells, 1 if grey else 3)
        strength *= random.uniform(0.45, 0.9)
    return result


def texture(random, side):
    """Stripes, checks, bricks, dots or wood."""
    y, x = numpy.mgrid[0:side, 0:side].astype(numpy.float32) / side
    angle, period = random.uniform(0, numpy.pi), random.uniform(0.04, 0.3)
    u = (x * numpy.cos(angle) + y * numpy.sin(angle)) / period
    v = (y * numpy.cos(angle) - x * numpy.sin(angle)) / period
    kind = random.integers(5)
    if kind == 0:
        mask = numpy.sin(2 * numpy.pi * u) * random.uniform(0.5, 4) + 0.5
    elif kind == 1:
        mask = (numpy.floor(u) + numpy.floor(v)) % 2
    elif kind == 2:
        mask = ((v % 1 > 0.12) & ((u / 2 + 0.5 * (numpy.floor(v) % 2)) % 1 > 0.06)).astype(numpy.float32)
    elif kind == 3:
        mask = (numpy.hypot(u % 1 - 0.5, v % 1 - 0.5) < random.uniform(0.15, 0.45)).astype(numpy.float32)
    else:
        wobble = smooth_noise(random, side, 4, 1)[:, :, 0]
        mask = 0.5 + 0.5 * numpy.sin(2 * numpy.pi * (u * 0.3 + 1.5 * wobble + 0.1 * numpy.sin(8 * v)))
    first = colour(random)
    second = near(random, first, random.uniform(15, 90))
    mask = numpy.clip(mask, 0, 1).astype(numpy.float32)[:, :, None]
    return first * (1 - mask) + second * mask + random.uniform(0, 25) * smooth_noise(random, side, int(random.integers(5, 90)), 1)


def points(random, side, count, centre, radius):
    return [tuple(float(p) for p in (centre + random.normal(0, radius, 2)) * side) for _ in range(count)]


def draw_shapes(random, side, image, count, largest):
    draw = ImageDraw.Draw(image)
    for _ in range(count):
        centre, radius = random.uniform(0, 1, 2), largest * random.uniform(0.15, 1)
        fill = tuple(int(c) for c in colour(random))
        kind = random.integers(4)
        if kind == 0:
            draw.polygon(points(random, side, int(random.integers(3, 7)), centre, radius), fill=fill)
        elif kind == 1:
            draw.line(points(random, side, int(random.integers(2, 5)), centre, 2 * radius), fill=fill,
                      width=int(random.integers(1, 1 + max(2, side // 25))))
        else:
            half = radius * random.uniform(0.3, 1, 2)
            corners = [tuple(float(p) for p in (centre + sign * half) * side) for sign in (-1, 1)]
            (draw.ellipse if kind == 2 else draw.rectangle)(corners, fill=fill)


def clutter(random, side):
    image = Image.fromarray(numpy.clip(gradient(random, side), 0, 255).astype(numpy.uint8))
    draw_shapes(random, side, image, int(random.integers(8, 45)), random.uniform(0.05, 0.3))
    return numpy.asarray(image).astype(numpy.float32)


def outdoors(random, side):
    """A sky, hills, ground, perhaps a road, trees and houses."""
    sky, low_sky = near(random, numpy.array([110, 170, 235]), 40), near(random, numpy.array([215, 225, 235]), 35)
    ramp = numpy.linspace(0, 1, side, dtype=numpy.float32)[:, None, None]
    image = Image.fromarray(numpy.clip((sky * (1 - ramp) + low_sky * ramp) * numpy.ones((1, side, 1)), 0, 255).astype(numpy.uint8))
    draw = ImageDraw.Draw(image)
    horizon = random.uniform(0.3, 0.75)
    columns = numpy.linspace(0, 1, 33)
    for layer in range(int(random.integers(1, 4))):
        height = horizon - 0.1 + 0.06 * layer
        for frequency in (1, 2, 5):
            height = height + random.normal(0, 0.05 / frequency) * numpy.sin(2 * numpy.pi * (frequency * columns + random.random()))
        fill = tuple(int(c) for c in near(random, numpy.array([90, 130 + 10 * layer, 90]), 30))
        draw.polygon([(float(x) * side, float(h) * side) for x, h in zip(columns, height)] + [(side, side), (0, side)], fill=fill)
    ground = tuple(int(c) for c in near(random, numpy.array([120, 140, 80]), 40))
    draw.rectangle([0, horizon * side, side, side], fill=ground)
    for _ in range(int(random.integers(0, 6))):
        x, size = random.uniform(0, side), random.uniform(0.05, 0.25) * side
        foot = horizon * side + random.uniform(-0.05, 0.1) * side
        shade = tuple(int(c) for c in near(random, numpy.array([70, 115, 60]), 30))
        if random.random() < 0.5:
            draw.rectangle([x - size / 12, foot - size, x + size / 12, foot], fill=(95, 70, 45))
            draw.ellipse([x - size / 2, foot - 1.6 * size, x + size / 2, foot - 0.5 * size], fill=shade)
        else:
            wall = tuple(int(c) for c in colour(random, 90, 240))
            draw.rectangle([x - size / 2, foot - size, x + size / 2, foot], fill=wall)
            draw.polygon([(x - 0.6 * size, foot - size), (x, foot - 1.5 * size), (x + 0.6 * size, foot - size)], fill=shade)
    if random.random() < 0.5:
        middle, width = random.uniform(0, side), random.uniform(0.3, 0.9) * side
        draw.polygon([(middle - width / 8, horizon * side), (middle + width / 8, horizon * side), (middle + width, side), (middle - width, side)],
                     fill=tuple(int(c) for c in near(random, numpy.array([110, 110, 115]), 20)))
    return numpy.asarray(image).astype(numpy.float32) + random.uniform(3, 20) * smooth_noise(random, side, 60, 1)


def indoors(random, side):
    """A wall, a floor, and windows or pictures on the wall."""
    wall, floor = colour(random, 110, 245), colour(random, 50, 190)
    edge = random.uniform(0.45, 0.8)
    image = Image.new("RGB", (side, side), tuple(int(c) for c in wall))
    draw = ImageDraw.Draw(image)
    draw.rectangle([0, edge * side, side, side], fill=tuple(int(c) for c in floor))
    for board in numpy.arange(edge, 1, random.uniform(0.04, 0.12)):
        draw.line([0, float(board) * side, side, float(board) * side], fill=tuple(int(0.85 * c) for c in floor), width=max(1, side // 160))
    draw.rectangle([0, (edge - 0.02) * side, side, edge * side], fill=tuple(int(0.7 * c) for c in wall))
    for _ in range(int(random.integers(0, 4))):
        y, x, height, width = random.uniform([0, 0, 0.1, 0.1], [edge - 0.2, 0.9, 0.3, 0.35]) * side
        draw.rectangle([x, y, x + width, y + height], fill=tuple(int(c) for c in colour(random)),
                       outline=tuple(int(c) for c in colour(random, 0, 120)), width=max(2, side // 80))
    return numpy.asarray(image).astype(numpy.float32) + random.uniform(2, 14) * smooth_noise(random, side, 50, 1)


KINDS = [gradient, noise, texture, clutter, outdoors, indoors]


def draw_background(random, side):
    return KINDS[random.integers(len(KINDS))](random, side)
