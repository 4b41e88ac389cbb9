#pragma once

#include "driver/sweep_points.h"

#include <string>
#include <vector>

namespace ssdgen {

/// A point as the build file needs it.
struct NinjaPoint {
    SweepPoint point;
    std::vector<std::string> sources;  // of its library's layers, relative to the emitted folder
};

/// What all points share. Paths that are not in the sweep's folder are absolute.
struct NinjaSetting {
    std::string ssdgen;  // this program
    std::string network;  // the description's name
    std::string compiler;
};

/// The text of build.ninja, to be run in the sweep's folder. Every point is a chain, in points/ID:
///
///     generated.json   ssdgen generate, into source/
///     headers          a checksum of the headers: what makes every object new
///     build/*.o        one compiler run a source, each with a record *.json
///     build/libNAME.a, build/NAME_bench
///     measured_N.json  the benchmark on N threads
///     row.json         its figures
///
/// and all rows become sweep.csv, sweep.json and sweep.html. Measuring waits until everything has been compiled or has failed to, and
/// is done one at a time. A step that fails says so in its record and lets the others go on.
std::string sweep_ninja(const SweepOptions& options, const NinjaSetting& setting, const std::vector<NinjaPoint>& points);

/// Removes the records of steps that failed, so that Ninja tries them again. In the folder of a point.
void forget_failures(const std::string& folder);

}  // namespace ssdgen
