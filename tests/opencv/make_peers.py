#!/usr/bin/env python3
"""Write some of the networks of ../shared/peers: make_peers.py PEERS_FOLDER OUT ALPHA:SIZE...

Its make_models.py writes all of them and int8 forms as well, in minutes; here it serves as a module.
Besides its files OUT gets NAME.numpy.mbox_loc.f32 and NAME.numpy.mbox_conf.f32: its own outputs, computed in double.
"""
import os
import sys

sys.dont_write_bytecode = True  # the folder is not ours
peers, out, points = sys.argv[1], sys.argv[2], sys.argv[3:]
sys.path.insert(0, peers)
import make_models  # noqa: E402
import numpy  # noqa: E402

sizes_of = {}
for point in points:
    alpha, size = point.split(":")
    sizes_of.setdefault(float(alpha), []).append(int(size))

make_models.INT8 = ()
for alpha, sizes in sizes_of.items():
    make_models.ALPHAS, make_models.SIZES = (alpha,), sizes
    sys.argv = ["make_models.py", "--out", out]
    make_models.main()
    for size in sizes:
        name = os.path.join(out, make_models.tag(alpha, size))
        with numpy.load(name + ".ref.npz") as outputs:
            for part in ("loc", "conf"):
                outputs[part].astype("<f4").tofile("%s.numpy.mbox_%s.f32" % (name, part))
