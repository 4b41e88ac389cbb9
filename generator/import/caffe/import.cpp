#include "import/caffe/import.h"

#include "description/read.h"
#include "description/unusual.h"
#include "description/write.h"
#include "import/caffe/walker.h"
#include "import/describe.h"
#include "import/naming.h"
#include "import/normalisation.h"
#include "support/files.h"

#include <filesystem>

namespace ssdgen {

Imported import_caffemodel_bytes(std::string_view model, const std::string& model_file, const std::string& prototxt,
                                 const std::string& prototxt_file, const ImportOptions& options) {
    caffe::Model parameters = caffe::parse_caffemodel(model, model_file);
    const caffe::NetParameter net = caffe::parse_prototxt(prototxt, prototxt_file);
    ModelGraph graph = caffe::Walker(net, prototxt_file, parameters).walk();
    InputDescription input = make_input(graph, stated_by_options(graph, options), options.order, ChannelOrder::bgr);
    warn_normalisation(input, graph, options);
    Imported imported = describe_model(std::move(graph));
    Description& description = imported.description;
    description.input = std::move(input);
    description.file = imported.weights.file = model_file;
    const std::string stem = std::filesystem::path(model_file).stem().string();
    description.name = network_name(net.name().empty() ? stem : net.name());
    // Whatever the walk let through: only what can be read again is a description.
    parse_description(write_description(description), prototxt_file);
    warn_unusual(description);
    return imported;
}

Imported import_caffemodel(const std::string& model, const std::string& prototxt, const ImportOptions& options) {
    return import_caffemodel_bytes(read_file(model), model, read_file(prototxt), prototxt, options);
}

}  // namespace ssdgen
