"""The 20 classes of VOC as glyphs of Debian's fonts-noto-color-emoji, and what else lies about in the pictures."""
import os

from PIL import Image, ImageDraw, ImageFont

FONT = "/usr/share/fonts/truetype/noto/NotoColorEmoji.ttf"
FONT_SIZE = 109  # the one size that the font has bitmaps of

SKINS = ["", "\U0001F3FB", "\U0001F3FC", "\U0001F3FD", "\U0001F3FE", "\U0001F3FF"]
PEOPLE = "🧍🚶🏃💃🕺👨👩👮👷👧👦👴👵"

# In the order of the score columns: column 0 is the background, column n is entry n - 1.
CLASSES = {
    "aeroplane": list("✈🛩"),
    "bicycle": list("🚲"),
    "bird": list("🐦🦅🦆🦉🦜🐧🦢🐤"),
    "boat": list("⛵🚤🛥🚢⛴🛶"),
    "bottle": list("🍾🍼🧴"),
    "bus": list("🚌🚎🚍"),
    "car": list("🚗🚕🚙🚓🚘🚖🚔🏎"),
    "cat": list("🐱🐈"),
    "chair": list("🪑💺"),
    "cow": list("🐮🐄🐂🐃"),
    "diningtable": list("🍽"),
    "dog": list("🐶🐕🐩"),
    "horse": list("🐴🐎"),
    "motorbike": list("🏍🛵"),
    "person": [person + skin for person in PEOPLE for skin in SKINS],
    "pottedplant": list("🪴"),
    "sheep": list("🐑🐏"),
    "sofa": list("🛋"),
    "train": list("🚂🚆🚅🚄🚃🚊"),
    "tvmonitor": list("📺🖥"),
}
NAMES = list(CLASSES)

# Of no class, some of them close to one: a helicopter, a tractor, a goat, a wolf, a laptop, a tulip, a bed.
DISTRACTORS = list("🚁🚀🚜🚚🛴🚦🛸🐐🐺🦊🐻🐼🐯🦁🐸🐢🐍🐙🦋🐝🐟🐘🐪🦒💻📱📷🔑🔨🔧🪓📚💡🕯🛏🚪🛁🧺🪣🗿"
                   "🌷🌻🌱🌵🌲🌳🍄🍎🍌🍇🍕🍔🍩🎂🍵🥛🍹⚽🏀🎾🎸🎺🎻🥁🎈🎁👟👒👜🌂⏰⌚🏠🏰⛪🗼🎡🎲🧸🪁🎃👻🤖🔔🏺🧭")


def load(text):
    """The glyph of a text, cut to its visible pixels: RGBA, the colours multiplied with alpha."""
    font = ImageFont.truetype(FONT, FONT_SIZE)
    image = Image.new("RGBA", (200, 200))
    ImageDraw.Draw(image).text((20, 20), text, font=font, embedded_color=True)
    box = image.getchannel("A").point(lambda alpha: 255 if alpha > 40 else 0).getbbox()
    if box is None:
        raise SystemExit(f"{FONT}: has no glyph for {text!r}; allowed: the font of fonts-noto-color-emoji")
    return image.crop(box).convert("RGBa")


class Glyph:
    """One glyph in halving sizes, so that no transformation shrinks it by more than two."""

    def __init__(self, text):
        self.levels = [load(text)]
        while max(self.levels[-1].size) > 24:
            width, height = self.levels[-1].size
            self.levels.append(self.levels[-1].resize((max(1, width // 2), max(1, height // 2)), Image.BOX))

    def level(self, side):
        """The smallest level whose longer side is at least `side` pixels."""
        return next((image for image in reversed(self.levels) if max(image.size) >= side), self.levels[0])


def load_all():
    """(per class its glyphs, the distractors)"""
    return [[Glyph(text) for text in CLASSES[name]] for name in NAMES], [Glyph(text) for text in DISTRACTORS]
