"""From raw outputs to detections as the dialect caffe-ssd does it, and VOC's mean average precision: written apart from the
runtime and from templates/programs/average_precision.h, so that each can be held against the other."""
import numpy

SIZES = {"small": (0, 0.2), "medium": (0.2, 0.4), "large": (0.4, float("inf"))}  # longer side of a box, relative to the picture


def decode(facts, codes):
    """codes [priors][4] -> boxes [priors][ymin, xmin, ymax, xmax]"""
    order, variances = facts.box_code["order"], numpy.array(facts.box_code["variances"], numpy.float64)
    centre_y, centre_x, height, width = (1, 0, 3, 2) if order == "xywh" else (0, 1, 2, 3)
    codes = codes.astype(numpy.float64) * variances
    prior_y, prior_x, prior_h, prior_w = facts.priors.astype(numpy.float64).T
    y, x = codes[:, centre_y] * prior_h + prior_y, codes[:, centre_x] * prior_w + prior_x
    h, w = numpy.exp(codes[:, height]) * prior_h / 2, numpy.exp(codes[:, width]) * prior_w / 2
    return numpy.stack([y - h, x - w, y + h, x + w], 1)


def overlaps(box, boxes):
    """Intersection over union of a box with each of several."""
    box = numpy.asarray(box)
    height = numpy.minimum(box[2], boxes[:, 2]) - numpy.maximum(box[0], boxes[:, 0])
    width = numpy.minimum(box[3], boxes[:, 3]) - numpy.maximum(box[1], boxes[:, 1])
    both = numpy.maximum(height, 0) * numpy.maximum(width, 0)
    area = lambda b: numpy.maximum(b[..., 2] - b[..., 0], 0) * numpy.maximum(b[..., 3] - b[..., 1], 0)
    union = area(box) + area(boxes) - both
    return numpy.divide(both, union, out=numpy.zeros_like(both), where=union > 0)


def detect(facts, codes, logits, threshold):
    """Raw outputs of one picture -> [(class, score, box)]"""
    post = facts.post
    boxes = decode(facts, codes)
    scores = numpy.exp(logits - logits.max(1, keepdims=True))
    scores /= scores.sum(1, keepdims=True)
    found = []
    for label in range(1, facts.classes):
        order = numpy.flatnonzero(scores[:, label] > threshold)
        order = order[numpy.argsort(-scores[order, label], kind="stable")]
        if post["top_k"] >= 0:
            order = order[: post["top_k"]]
        while len(order):
            best, order = order[0], order[1:]
            found.append((label, float(scores[best, label]), boxes[best]))
            order = order[overlaps(boxes[best], boxes[order]) <= post["iou_threshold"]]
    if post["keep_top_k"] >= 0:
        found = sorted(found, key=lambda entry: -entry[1])[: post["keep_top_k"]]
    return [(label, score, numpy.clip(box, 0, 1) if post["clip_boxes"] else box) for label, score, box in found]


def in_range(box, low, high):
    return low <= max(box[2] - box[0], box[3] - box[1]) < high


def average_precision(found, truths, low=0, high=float("inf")):
    """One class. found [(picture, score, box)], truths {picture: [box]} -> area under the curve of precision, made monotone, over
    recall (VOC 2010 and later), at IoU 0.5; None without a truth in the range. Truths and unmatched detections of other sizes count
    for nothing."""
    wanted = sum(in_range(box, low, high) for boxes in truths.values() for box in boxes)
    if wanted == 0:
        return None
    taken, hits = set(), []
    for picture, _, box in sorted(found, key=lambda entry: -entry[1]):
        boxes = numpy.array(truths.get(picture, numpy.zeros((0, 4))))
        shared = overlaps(box, boxes)
        best = int(shared.argmax()) if len(boxes) else -1
        if best >= 0 and shared[best] >= 0.5:
            if in_range(boxes[best], low, high):
                hits.append((picture, best) not in taken)
                taken.add((picture, best))
        elif in_range(box, low, high):
            hits.append(False)
    right = numpy.cumsum(hits) if hits else numpy.zeros(0)
    precision, recall = right / numpy.arange(1, len(hits) + 1), right / wanted
    precision = numpy.maximum.accumulate(precision[::-1])[::-1]
    return float((numpy.diff(recall, prepend=0) * precision).sum())


def evaluate(found, truths, classes):
    """found [picture, class, score, box], truths [picture, class, box] -> {"map":, "small":, ..., "classes": {class: AP}}"""
    result = {"classes": {}}
    for key, (low, high) in {"map": (0, float("inf")), **SIZES}.items():
        values = []
        for label in range(1, classes):
            boxes = {}
            for picture, of, box in truths:
                if of == label:
                    boxes.setdefault(picture, []).append(box)
            value = average_precision([(p, s, b) for p, of, s, b in found if of == label], boxes, low, high)
            if value is not None:
                values.append(value)
                if key == "map":
                    result["classes"][label] = value
        result[key] = float(numpy.mean(values)) if values else None
    return result
