#include "native/layers/activation.h"

#include <memory>

#include "native/kernels/instruction_set.h"
#include "native/layers/lowering.h"

namespace layerwise {
namespace {

std::unique_ptr<Layer> ReadActivationLayer(const ValueReader& spec, int64_t input_size) {
  spec.AllowOnly({"type", "activation"});
  auto layer = LayerOfSameSize<ActivationLayer>(input_size);
  layer->function = ReadChoice(spec.Member("activation"), Activations());
  return layer;
}

}  // namespace

const LayerType ActivationLayer::kType{
    {"activation", "y = f(x)", "An activation function as a layer of its own.", {}},
    &ReadActivationLayer};

void ActivationLayer::Lower(Lowering& plan) const { plan.AddActivation(function); }

std::span<const ActivationRow> Activations() { return ActivationsFor(SelectedInstructionSet()); }

const ActivationRow& ActivationOf(const Layer& layer) {
  const Choice* activation = layer.activation();
  return Activations()[activation == nullptr ? 0 : activation->row];
}

FusedActivation Fuse(const Choice& activation) {
  FusedActivation fused;
  if (activation.row == 0) return fused;  // linear
  fused.row = &Activations()[activation.row];
  for (size_t i = 0; i < activation.parameters.size(); ++i) {
    fused.parameters[i] = static_cast<float>(activation.parameters[i]);
  }
  return fused;
}

}  // namespace layerwise
