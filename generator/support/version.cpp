#include "support/version.h"

namespace ssdgen {

const char* const generator_version = "ssdgen " SSDGEN_VERSION;

}  // namespace ssdgen
