"""SSD's loss (Liu et al., SSD: Single Shot MultiBox Detector, 2.2): matching, smooth L1, hard negative mining."""
import torch
from torch.nn import functional

MATCH_IOU = 0.5
NEGATIVES = 3  # for each positive prior


def corners(boxes):
    """[..., cy cx h w] -> [..., ymin xmin ymax xmax]"""
    return torch.cat([boxes[..., :2] - boxes[..., 2:] / 2, boxes[..., :2] + boxes[..., 2:] / 2], -1)


def overlaps(first, second):
    """Intersection over union of [p][4] with [n][m][4] -> [n][p][m]"""
    first, second = first[None, :, None], second[:, None]
    sides = (torch.minimum(first[..., 2:], second[..., 2:]) - torch.maximum(first[..., :2], second[..., :2])).clamp(min=0)
    both = sides.prod(-1)
    area = lambda boxes: (boxes[..., 2:] - boxes[..., :2]).prod(-1)
    return both / (area(first) + area(second) - both).clamp(min=1e-9)


class Loss:
    def __init__(self, facts, device="cpu"):
        self.priors = torch.from_numpy(facts.priors).to(device)
        self.variances = torch.tensor(facts.box_code["variances"], device=device)
        self.order = [1, 0, 3, 2] if facts.box_code["order"] == "xywh" else [0, 1, 2, 3]

    def match(self, boxes, classes):
        """Truth [n][m][4] corners, [n][m] classes, 0 where there is none -> for each prior its class [n][priors] and truth's number. A
        prior takes the truth that it overlaps most, from IoU 0.5 on; each truth has its best prior in any case."""
        shared = overlaps(corners(self.priors), boxes) * (classes > 0)[:, None]
        value, truth = shared.max(2)
        best = shared.argmax(1)  # [n][m]
        every = torch.arange(len(boxes), device=boxes.device)
        for m in range(boxes.shape[1]):
            there = classes[:, m] > 0
            value[every[there], best[there, m]] = 2
            truth[every[there], best[there, m]] = m
        return torch.where(value >= MATCH_IOU, classes.gather(1, truth), 0), truth

    def encode(self, boxes):
        """[n][priors][4] corners -> the codes that decode to them"""
        centre, size = (boxes[..., :2] + boxes[..., 2:]) / 2, (boxes[..., 2:] - boxes[..., :2]).clamp(min=1e-6)
        codes = torch.cat([(centre - self.priors[:, :2]) / self.priors[:, 2:], torch.log(size / self.priors[:, 2:])], -1)
        return codes[..., self.order] / self.variances

    def __call__(self, codes, logits, boxes, classes):
        """-> (box loss, score loss), each a sum over the matched priors divided by their number"""
        label, truth = self.match(boxes, classes)
        positive = label > 0
        count = positive.sum().clamp(min=1)
        wanted = self.encode(boxes.gather(1, truth[..., None].expand(-1, -1, 4)))
        box_loss = functional.smooth_l1_loss(codes[positive], wanted[positive], reduction="sum")
        each = functional.cross_entropy(logits.transpose(1, 2), label, reduction="none")
        hardness = each.detach().masked_fill(positive, -1)
        rank = hardness.argsort(dim=1, descending=True, stable=True).argsort(dim=1)
        mined = (rank < NEGATIVES * positive.sum(1, keepdim=True).clamp(min=1)) & ~positive
        return box_loss / count, each[positive | mined].sum() / count
