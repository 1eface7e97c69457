#include "native/layers/heads.h"

#include <memory>
#include <string>

#include "native/core/error.h"
#include "native/layers/lowering.h"

namespace layerwise {
namespace {

std::unique_ptr<Layer> ReadHeads(const ValueReader& spec, int64_t input_size) {
  spec.AllowOnly({"type", "heads"});
  auto layer = std::make_unique<HeadsLayer>();
  layer->input_size = input_size;
  return layer;
}

void CheckName(const ValueReader& heads, const std::string& name) {
  if (!name.empty() && name.find('.') == std::string::npos) return;
  throw Error(ErrorKind::kArgument, heads.path(), "names without dots, to name tensors by",
              "\"" + name + "\"", "Name the head after what it answers.");
}

}  // namespace

const LayerType HeadsLayer::kType{
    {"heads",
     "y = [F1(x), F2(x), ...]",
     "Stacks of layers beside each other on the same input, each of which gives an output of the "
     "network of its own.",
     {}},
    &ReadHeads};

// An object of stacks by their names, at the end of the network.
void HeadsLayer::ReadInner(const ValueReader& spec, InnerLayers& inner) {
  const ValueReader heads = spec.Member("heads");
  const Value::Object* named = heads.value().object_if();
  if (inner.depth() > 1 || named == nullptr || named->empty()) {
    throw Error(ErrorKind::kArgument, spec.path(), "heads with names, that are in no other layer",
                heads.value().Describe(), "Give the layers of each head under its name.");
  }
  const size_t begin = inner.layers().size();
  output_size = 0;
  for (const auto& [name, list] : *named) {
    CheckName(heads, name);
    OutputSpec output;
    output.name = name;
    output.first_column = output_size;
    output.begin = inner.layers().size();
    output.layer = inner.Read(ValueReader(list, heads.path() + "." + name), input_size);
    output.end = inner.layers().size();
    output.columns = inner.layers()[output.layer]->output_size;
    output_size += output.columns;
    inner.AddOutput(std::move(output));
  }
  inner_layers = inner.layers().size() - begin;
}

void HeadsLayer::Lower(Lowering& plan) const { plan.AddInnerAsOutputs(); }

}  // namespace layerwise
