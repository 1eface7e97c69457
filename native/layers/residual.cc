#include "native/layers/residual.h"

#include <memory>
#include <string>

#include "native/core/error.h"
#include "native/layers/dense/dense_step.h"
#include "native/layers/dense/weights.h"
#include "native/layers/lowering.h"
#include "native/layers/tensor.h"

namespace layerwise {
namespace {

// Layers that hold layers, within each other.
constexpr size_t kMaxNesting = 10;

std::unique_ptr<Layer> ReadResidual(const ValueReader& spec, int64_t input_size) {
  spec.AllowOnly({"type", "layers", "projection", "projectionInitializer", "frozen"});
  auto layer = std::make_unique<ResidualLayer>();
  layer->input_size = input_size;
  layer->projection = spec.BoolOr("projection", false);
  layer->projection_initializer = ReadInitializer(spec, "projectionInitializer", "glorotUniform");
  layer->frozen = spec.BoolOr("frozen", false);
  return layer;
}

}  // namespace

const LayerType ResidualLayer::kType{
    {"residual",
     "y = F(x) + x, or F(x) + x P^T with a projection",
     "A residual block (He et al. 2016): F is a stack of layers, P (outputs, inputs).",
     {}},
    &ReadResidual};

void ResidualLayer::ReadInner(const ValueReader& spec, InnerLayers& inner) {
  if (inner.depth() > kMaxNesting) {
    throw Error(ErrorKind::kArgument, spec.path(),
                "at most " + std::to_string(kMaxNesting) + " residual blocks within each other",
                "one more", "Put blocks one after the other.");
  }
  const size_t begin = inner.layers().size();
  const size_t last = inner.Read(spec.Member("layers"), input_size);
  inner_layers = inner.layers().size() - begin;
  output_size = inner.layers()[last]->output_size;
  if (!projection && output_size != input_size) {
    throw Error(ErrorKind::kShape, spec.path() + ".layers",
                std::to_string(input_size) + " columns at the end, as at the beginning",
                std::to_string(output_size),
                "Give the last layer as many units, or set projection.");
  }
  for (size_t i = begin; frozen && i < inner.layers().size(); ++i) {
    inner.layers()[i]->frozen = true;
  }
}

void ResidualLayer::AddTensors(TensorList& to) const {
  if (!projection) return;
  to.Add({.name = "projection.weight",
          .role = ParameterRole::kWeights,
          .shape = {output_size, input_size},
          .initializer = &projection_initializer});
}

void ResidualLayer::Lower(Lowering& plan) const {
  plan.AddInnerAndSkip(projection ? PlainDenseStep() : nullptr);
}

}  // namespace layerwise
