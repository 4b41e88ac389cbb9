#pragma once

#include "sweep/points.h"

#include <string>
#include <vector>

namespace ssdgen {

/// A point as the build file needs it.
struct NinjaPoint {
    SweepPoint point;
    Manifest files;         // of the emitted folder
    std::string weights{};  // a file; empty: random weights
    bool failed = false;    // there is no network to compile, or no weights for it
};

/// What all points share. Paths that are not in the sweep's folder are absolute, here and in the options.
struct NinjaSetting {
    std::string ssdgen;   // this program
    std::string network;  // the description's name
    std::string compiler;
};

/// The text of build.ninja, to be run in the sweep's folder. Every point is a chain, in points/ID:
///
///     generated.json   ssdgen generate, into source/
///     headers          a checksum of the headers: what makes every object new
///     build/*.o        one compiler run a source, each with a record *.json
///     build/libNAME.a, build/NAME_bench, of the sources and with the options of the emitted CMakeLists.txt
///     evaluated.json   where accuracy is asked for: build/NAME_detect over the pictures
///     measured_N.json  the benchmark on N threads
///     row.json         its figures
///
/// (of one that has failed already: the row alone), and all rows become sweep.csv, sweep.json and sweep.html. Measuring
/// waits until everything has been compiled and evaluated or has failed to, and is done one at a time. A step that
/// fails says so in its record and lets the others go on.
std::string sweep_ninja(const SweepOptions& options, const NinjaSetting& setting,
                        const std::vector<NinjaPoint>& points);

/// What the object and the record of a source are called: layers/conv0.cpp gives layers/conv0.
std::string object_name(const std::string& source);

/// Removes the records of steps that failed, so that Ninja tries them again. In the folder of a point.
void forget_failures(const std::string& folder);

}  // namespace ssdgen
