#!/usr/bin/python3
"""Renders pictures of VOC's 20 classes as emoji glyphs, with the boxes that are true. The same seed, picture for picture, gives
the same pixels. Needs Debian's python3-numpy, python3-pil and fonts-noto-color-emoji.

    pictures.py FOLDER --seed 2 --count 1000        FOLDER/000000.png ..., FOLDER/truth.txt
    pictures.py FOLDER --seed 5 --count 32 --jpeg   the same as FOLDER/000000.jpg ..., a tenth as large
    pictures.py SAMPLE.jpg --seed 3 --side 480      one picture

A line of truth.txt is an object: picture, class (column of the scores), ymin, xmin, ymax, xmax relative to the picture, with tabs.

The recipe. A picture has a side of 240 to 480 pixels, a background (backgrounds.py), up to 4 distractors and 1 to 6 objects whose
boxes' longer sides are 0.1 to 0.8 of the picture's, evenly on a logarithmic scale. Each is mirrored, stretched, turned, lit and
shaded by chance and may cast a shadow. A quarter of the objects are partly hidden, 0.12 to 0.45 of what can be seen of them:
behind another object, a distractor, a plain shape, a piece of the background, or beyond the picture's edge; the others may lose 0.08.
A box is that of the whole glyph after turning, cut at the picture's edge. Over all come light, blur, noise and JPEG.
"""
import argparse
import io
import math
import os

import numpy
from PIL import Image, ImageDraw, ImageFilter

import backgrounds
import glyphs

SIDES = [240, 320, 400, 480]
SIZES = 0.1, 0.8  # longer side of a box, relative to the picture's
HIDDEN = 0.25  # so many of the objects
HIDDEN_PART = 0.12, 0.45
SPARED_PART = 0.08  # that others may lose
VISIBLE_ALPHA = 40  # of 255: what belongs to a box


class Patch:
    """What is painted at once: colours [h][w][3] of 0 to 255 multiplied with alpha, alpha [h][w] of 0 to 1, cut to its visible box."""

    def __init__(self, image):
        values = numpy.asarray(image)
        seen = values[:, :, 3] > VISIBLE_ALPHA
        rows, columns = numpy.flatnonzero(seen.any(1)), numpy.flatnonzero(seen.any(0))
        values = values[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1].astype(numpy.float32)
        self.colours, self.alpha = values[:, :, :3], values[:, :, 3] / 255
        self.height, self.width = self.alpha.shape


def transformed(image, side, angle, stretch, mirrored):
    """The image with its longer side scaled to `side`, stretched and turned, on a canvas that holds it."""
    width, height = image.size
    scale = side / max(width, height)
    across, down = scale * stretch * (-1 if mirrored else 1), scale / stretch
    cos, sin = math.cos(angle), math.sin(angle)
    size = int(math.hypot(width * abs(across), height * down)) + 3
    # From a pixel of the result back to one of the image.
    a, b, d, e = cos / across, sin / across, -sin / down, cos / down
    c, f = width / 2 - (a + b) * size / 2, height / 2 - (d + e) * size / 2
    return image.transform((size, size), Image.AFFINE, (a, b, c, d, e, f), Image.BILINEAR)


def turned(random, glyph, side):
    """A patch of the glyph whose longer side is `side` pixels, within rounding."""
    angle = random.normal(0, 0.2) if random.random() < 0.75 else random.uniform(-1.2, 1.2)
    stretch, mirrored = math.exp(random.uniform(-0.16, 0.16)), random.random() < 0.5
    trial = Patch(transformed(glyph.level(40), 64, angle, stretch, mirrored))
    side = 64 * side / max(trial.width, trial.height)
    return Patch(transformed(glyph.level(side), side, angle, stretch, mirrored))


def light(random, patch):
    """Brightness, contrast, a tint and a shade across."""
    gain = math.exp(random.normal(0, 0.25)) * numpy.exp(random.normal(0, 0.06, 3))
    lift = random.uniform(-20, 20)
    angle, depth = random.uniform(0, 2 * math.pi), random.uniform(0, 0.4)
    ramp = numpy.linspace(-1, 1, patch.height)[:, None] * math.sin(angle) + numpy.linspace(-1, 1, patch.width)[None, :] * math.cos(angle)
    colours = patch.colours * (1 + depth * ramp)[:, :, None] * gain + lift * patch.alpha[:, :, None]
    patch.colours = numpy.clip(colours, 0, 255 * patch.alpha[:, :, None]).astype(numpy.float32)


class Scene:
    """A picture in the making; who is seen at each pixel, and how much of each object still is."""

    def __init__(self, random, side):
        self.side = side
        self.pixels = numpy.clip(backgrounds.draw_background(random, side), 0, 255).astype(numpy.float32)
        self.background = self.pixels.copy()
        self.owner = numpy.full((side, side), -1, numpy.int16)
        self.objects = []  # class, box in pixels (ymin, xmin, ymax, xmax), pixels, whether it may be hidden

    def window(self, patch, top, left):
        """The part of a patch that lies in the picture: slices of the picture, slices of the patch."""
        y0, x0 = max(top, 0), max(left, 0)
        y1, x1 = min(top + patch.height, self.side), min(left + patch.width, self.side)
        return (slice(y0, max(y0, y1)), slice(x0, max(x0, x1))), (slice(y0 - top, max(y0, y1) - top), slice(x0 - left, max(x0, x1) - left))

    def hidden_by(self, patch, top, left):
        """For each object the part of it that would be hidden, had this patch been painted."""
        to, of = self.window(patch, top, left)
        covered = self.owner[to][patch.alpha[of] > 0.5]
        lost = numpy.bincount(covered[covered >= 0], minlength=len(self.objects))
        seen = numpy.bincount(self.owner[self.owner >= 0], minlength=len(self.objects))
        return [1 - (seen[i] - lost[i]) / self.objects[i][2] for i in range(len(self.objects))]

    def fits(self, patch, top, left):
        limits = [HIDDEN_PART[1] if entry[3] else SPARED_PART for entry in self.objects]
        return all(part <= limit for part, limit in zip(self.hidden_by(patch, top, left), limits))

    def paint(self, patch, top, left, owner=-1):
        to, of = self.window(patch, top, left)
        alpha = patch.alpha[of][:, :, None]
        self.pixels[to] = self.pixels[to] * (1 - alpha) + patch.colours[of]
        self.owner[to][patch.alpha[of] > 0.5] = owner

    def shade(self, random, patch, top, left):
        """A soft shadow beside a patch that is to be painted."""
        blur = max(1, self.side // 80)
        mask = numpy.pad(patch.alpha, 2 * blur) * 255
        mask = Image.fromarray(mask.astype(numpy.uint8)).filter(ImageFilter.BoxBlur(blur))
        shadow = Patch.__new__(Patch)
        shadow.alpha = numpy.asarray(mask).astype(numpy.float32) / 255 * random.uniform(0.2, 0.6)
        shadow.height, shadow.width = shadow.alpha.shape
        shadow.colours = numpy.zeros((shadow.height, shadow.width, 3), numpy.float32)
        dy, dx = (random.uniform(-0.08, 0.12, 2) * max(patch.height, patch.width)).astype(int)
        to, of = self.window(shadow, top - 2 * blur + dy, left - 2 * blur + dx)
        self.pixels[to] *= (1 - shadow.alpha[of] * (self.owner[to] < 0))[:, :, None]

    def add_object(self, random, label, glyph, size, hidden):
        """Looks for a place, with a smaller size if there is none; an object that fits nowhere is left out."""
        beyond = hidden and random.random() < 0.3
        while size >= SIZES[0]:
            patch = turned(random, glyph, size * self.side)
            for _ in range(12):
                top = int(random.integers(0, max(1, self.side - patch.height + 1)))
                left = int(random.integers(0, max(1, self.side - patch.width + 1)))
                if beyond:
                    top, left = self.beyond_edge(random, patch, top, left)
                if not self.fits(patch, top, left):
                    continue
                light(random, patch)
                if random.random() < 0.4:
                    self.shade(random, patch, top, left)
                pixels = int((patch.alpha > 0.5).sum())
                self.paint(patch, top, left, len(self.objects))
                box = max(top, 0), max(left, 0), min(top + patch.height, self.side), min(left + patch.width, self.side)
                self.objects.append((label, box, pixels, hidden))
                return
            size *= 0.8

    def beyond_edge(self, random, patch, top, left):
        out = random.uniform(*HIDDEN_PART)
        edge = random.integers(4)
        if edge < 2:
            return (int(-out * patch.height) if edge == 0 else int(self.side - (1 - out) * patch.height)), left
        return top, (int(-out * patch.width) if edge == 2 else int(self.side - (1 - out) * patch.width))

    def add_distractor(self, random, glyph):
        patch = turned(random, glyph, self.side * math.exp(random.uniform(math.log(0.08), math.log(0.5))))
        light(random, patch)
        for _ in range(6):
            top, left = (int(random.integers(-patch.height // 4, self.side - patch.height // 2)),
                         int(random.integers(-patch.width // 4, self.side - patch.width // 2)))
            if self.fits(patch, top, left):
                self.paint(patch, top, left)
                return

    def hide(self, random, index, distractors):
        """Puts something before an object, if the object is not hidden enough already."""
        ymin, xmin, ymax, xmax = self.objects[index][1]
        for _ in range(12):
            already = 1 - (self.owner == index).sum() / self.objects[index][2]
            if already >= HIDDEN_PART[0]:
                return
            patch = self.cover(random, max(ymax - ymin, xmax - xmin) * random.uniform(0.35, 0.9), distractors)
            top = int(random.uniform(ymin, ymax) - patch.height / 2)
            left = int(random.uniform(xmin, xmax) - patch.width / 2)
            if self.hidden_by(patch, top, left)[index] < HIDDEN_PART[0] or not self.fits(patch, top, left):
                continue
            if patch.colours is None:
                to, of = self.window(patch, top, left)
                patch.colours = numpy.zeros((patch.height, patch.width, 3), numpy.float32)
                patch.colours[of] = self.background[to] * patch.alpha[of][:, :, None]
            self.paint(patch, top, left)

    def cover(self, random, side, distractors):
        """Something to hide an object: a distractor, or a plain shape, or a piece of the background (colours: None)."""
        if random.random() < 0.5:
            patch = turned(random, distractors[random.integers(len(distractors))], max(side, 4))
            light(random, patch)
            return patch
        height, width = (max(4, int(side * factor)) for factor in random.uniform(0.4, 1.2, 2))
        mask = Image.new("L", (width, height))
        draw = ImageDraw.Draw(mask)
        (draw.ellipse if random.random() < 0.4 else draw.rectangle)([0, 0, width - 1, height - 1], fill=255)
        shade = numpy.asarray(Image.merge("RGBa", [mask.point(lambda v, c=c: v * int(c) // 255) for c in backgrounds.colour(random)] + [mask]))
        patch = Patch(Image.fromarray(shade, "RGBa"))
        if random.random() < 0.4:
            patch.colours = None
        return patch


def photograph(random, pixels):
    """Light over all, blur, noise and JPEG: [side][side][3] floats to an RGB image as a camera's file has it."""
    side = pixels.shape[0]
    gain = math.exp(random.normal(0, 0.15)) * numpy.exp(random.normal(0, 0.05, 3))
    if random.random() < 0.5:
        pixels = pixels * (1 + random.uniform(0, 0.4) * backgrounds.smooth_noise(random, side, 3, 1))
    pixels = 255 * numpy.clip(pixels * gain / 255, 0, 1) ** math.exp(random.normal(0, 0.15))
    image = Image.fromarray(pixels.astype(numpy.uint8))
    kind = random.random()
    if kind < 0.5:
        image = image.filter(ImageFilter.GaussianBlur(random.uniform(0, 1.6) * side / 320))
    elif kind < 0.65:  # a camera that moved
        steps = random.integers(2, 2 + max(2, side // 70))
        dy, dx = random.uniform(-1, 1, 2)
        values = numpy.asarray(image).astype(numpy.float32)
        values = sum(numpy.roll(values, (int(round(dy * i)), int(round(dx * i))), (0, 1)) for i in range(-int(steps) // 2, int(steps) // 2 + 1)) / (int(steps) // 2 - -int(steps) // 2 + 1)
        image = Image.fromarray(numpy.clip(values, 0, 255).astype(numpy.uint8))
    if random.random() < 0.6:
        values = numpy.asarray(image).astype(numpy.float32)
        values += random.uniform(1, 9) * random.standard_normal(values.shape, numpy.float32)
        image = Image.fromarray(numpy.clip(values, 0, 255).astype(numpy.uint8))
    file = io.BytesIO()
    image.save(file, "JPEG", quality=int(random.integers(35, 96)))
    return file.getvalue()


class Renderer:
    def __init__(self, seed):
        self.seed = seed
        self.classes, self.distractors = glyphs.load_all()

    def render(self, index, side=None):
        """Picture number `index`: the bytes of a JPEG file, and [(class, (ymin, xmin, ymax, xmax))] with relative boxes."""
        random = numpy.random.default_rng([self.seed, index])
        chosen = SIDES[random.integers(len(SIDES))]
        side = side or chosen
        scene = Scene(random, side)
        for _ in range(int(random.integers(0, 3))):
            scene.add_distractor(random, self.distractors[random.integers(len(self.distractors))])
        for _ in range(int(random.integers(1, 7))):
            label = int(random.integers(len(self.classes)))
            options = self.classes[label]
            size = math.exp(random.uniform(math.log(SIZES[0]), math.log(SIZES[1])))
            scene.add_object(random, label + 1, options[random.integers(len(options))], size, random.random() < HIDDEN)
        for index, entry in enumerate(scene.objects):
            if entry[3]:
                scene.hide(random, index, self.distractors)
        for _ in range(int(random.integers(0, 3))):
            scene.add_distractor(random, self.distractors[random.integers(len(self.distractors))])
        truth = [(label, tuple(edge / side for edge in box)) for label, box, _, _ in scene.objects]
        return photograph(random, scene.pixels), truth


def truth_line(name, label, box):
    return "\t".join([name, str(label)] + [f"{edge:.6f}" for edge in box]) + "\n"


def write_picture(path, file):
    """The bytes of a JPEG file as they are, or as a .png what they decode to, so that every decoder sees the same pixels."""
    if path.endswith(".png"):
        Image.open(io.BytesIO(file)).save(path, compress_level=1)
    else:
        with open(path, "wb") as out:
            out.write(file)


def write_folder(renderer, folder, count, ending):
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "truth.txt"), "w") as lines:
        for index in range(count):
            name = f"{index:06}{ending}"
            file, truth = renderer.render(index)
            write_picture(os.path.join(folder, name), file)
            lines.writelines(truth_line(name, label, box) for label, box in truth)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("out", help="a folder, or a .jpg")
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--count", type=int, default=1)
    parser.add_argument("--jpeg", action="store_true", help="a folder of .jpg, not of .png")
    parser.add_argument("--index", type=int, default=0, help="of the one picture")
    parser.add_argument("--side", type=int, help="of the one picture, in pixels")
    options = parser.parse_args()
    renderer = Renderer(options.seed)
    if options.out.endswith(".jpg"):
        write_picture(options.out, renderer.render(options.index, options.side)[0])
    else:
        write_folder(renderer, options.out, options.count, ".jpg" if options.jpeg else ".png")


if __name__ == "__main__":
    main()
