#include "native/network/spec.h"

#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "native/core/error.h"

namespace layerwise {
namespace {

std::unique_ptr<Layer> ReadLayer(const ValueReader& reader, int64_t input_size) {
  const std::string& name = reader.Member("type").String();
  for (const LayerType* type : LayerTypes()) {
    if (name != type->info.name) continue;
    std::unique_ptr<Layer> layer = type->read(reader, input_size);
    layer->type = type;
    layer->path = reader.path();
    return layer;
  }
  std::vector<std::string> known;
  for (const LayerType* type : LayerTypes()) known.emplace_back(type->info.name);
  ThrowUnknownName(reader.Member("type"), name, known);
}

// Reads a list of layers, and with another reader the lists within them.
class LayerListReader final : public InnerLayers {
 public:
  LayerListReader(NetworkSpec& spec, size_t depth) : spec_(spec), depth_(depth) {}

  size_t depth() const override { return depth_; }
  const std::vector<std::unique_ptr<Layer>>& layers() const override { return spec_.layers; }
  void AddOutput(OutputSpec output) override { spec_.outputs.push_back(std::move(output)); }

  size_t Read(const ValueReader& list, int64_t input_size) override {
    const size_t count = list.ArraySize();
    std::vector<size_t> starts;
    int64_t size = input_size;
    for (size_t i = 0; i < count; ++i) {
      starts.push_back(spec_.layers.size());
      const Layer& layer = ReadOne(list.Item(i), size, starts);
      if (layer.holds_heads() && i + 1 < count) {
        throw Error(ErrorKind::kArgument, layer.path, "heads at the end of the network",
                    "a layer behind them", "Give a head what comes behind it.");
      }
      size = layer.output_size;
    }
    if (count > 0 && spec_.layers.size() <= static_cast<size_t>(kMaxLayers)) return starts.back();
    throw Error(ErrorKind::kArgument, list.path(), "1 to 10000 layers", list.value().Describe(),
                "Give the layers from the first to the output.");
  }

 private:
  const Layer& ReadOne(const ValueReader& reader, int64_t input_size,
                       const std::vector<size_t>& starts) {
    if (depth_ == 0) spec_.starts.push_back(starts.back());
    spec_.layers.push_back(ReadLayer(reader, input_size));
    Layer& layer = *spec_.layers.back();
    layer.index = spec_.starts.size() - 1;
    layer.CheckPlace(EarlierLayers(starts, spec_.layers));
    LayerListReader inner(spec_, depth_ + 1);
    layer.ReadInner(reader, inner);
    return layer;
  }

  NetworkSpec& spec_;
  const size_t depth_;
};

}  // namespace

NetworkSpec ReadNetworkSpec(const Value& value) {
  const ValueReader reader(value, "");  // paths begin at the members
  reader.AllowOnly({"inputSize", "seed", "layers"});
  NetworkSpec spec;
  spec.input_size = reader.Member("inputSize").Integer(1, kMaxUnits);
  spec.seed =
      static_cast<uint32_t>(reader.IntegerOr("seed", 0, std::numeric_limits<uint32_t>::max(), 0));
  const size_t last = LayerListReader(spec, 0).Read(reader.Member("layers"), spec.input_size);
  spec.starts.push_back(spec.layers.size());
  if (spec.outputs.empty()) {
    spec.outputs.push_back({"", 0, spec.layers.size(), last, 0, spec.layers[last]->output_size});
  }
  return spec;
}

const Layer* FirstThatMeasuresBatches(const NetworkSpec& network) {
  for (const auto& layer : network.layers) {
    if (layer->measures_batch()) return layer.get();
  }
  return nullptr;
}

Value DescribeLayerTypes() {
  Value::Array rows;
  for (const LayerType* type : LayerTypes()) rows.push_back(DescribeRow(type->info));
  return rows;
}

}  // namespace layerwise
