#include "native/layers/dense/dense_layer.h"

#include <cmath>
#include <memory>
#include <string>

#include "native/core/error.h"
#include "native/layers/activation.h"
#include "native/layers/dense/dense_step.h"
#include "native/layers/initializers.h"
#include "native/layers/lowering.h"
#include "native/layers/scaling.h"

namespace layerwise {
namespace {

// What belongs to the weights belongs to the layer that owns them.
int64_t ReadTie(const ValueReader& spec) {
  if (!spec.Has("tiedTo")) return -1;
  for (const char* member : {"kernelInitializer", "kernelPenalty", "maxNorm"}) {
    if (!spec.Has(member)) continue;
    throw Error(ErrorKind::kArgument, spec.path() + "." + member, "no such option beside tiedTo",
                spec.Member(member).value().Describe(),
                "Give it to the layer that owns the weights.");
  }
  return spec.Member("tiedTo").Integer(0, kMaxLayers - 1);
}

bool ReadIsNtk(const ValueReader& spec) {
  if (!spec.Has("parametrisation")) return false;
  const ValueReader reader = spec.Member("parametrisation");
  const std::string& name = reader.String();
  if (name == "standard" || name == "ntk") return name == "ntk";
  throw Error(ErrorKind::kArgument, reader.path(), "'standard' or 'ntk'", "\"" + name + "\"",
              "Choose one of the two.");
}

// N(0, 1)
Choice UnitNormal() {
  const Value choice = Value::Object{{"type", "normal"}, {"standardDeviation", 1}};
  return ReadChoice(ValueReader(choice, "initializer"), Initializers());
}

std::unique_ptr<Layer> ReadDense(const ValueReader& spec, int64_t input_size) {
  spec.AllowOnly({"type", "units", "bias", "activation", "kernelInitializer", "biasInitializer",
                  "kernelPenalty", "biasPenalty", "maxNorm", "tiedTo", "frozen", "parametrisation",
                  "learningRateFactor", "weightDecayFactor"});
  auto layer = std::make_unique<DenseLayer>();
  layer->input_size = input_size;
  layer->tied_to = ReadTie(spec);
  layer->output_size = spec.Member("units").Integer(1, kMaxUnits);
  if (spec.Has("activation")) {
    layer->function = ReadChoice(spec.Member("activation"), Activations());
  }
  layer->is_ntk = ReadIsNtk(spec);
  layer->weights =
      ReadWeights(spec, layer->is_ntk ? UnitNormal()
                                      : InitializerNamed(ActivationOf(*layer).facts.initializer));
  layer->frozen = spec.BoolOr("frozen", false);
  return layer;
}

std::string Sizes(int64_t inputs, int64_t units) {
  return std::to_string(inputs) + " inputs and " + std::to_string(units) + " units";
}

}  // namespace

const LayerType DenseLayer::kType{
    {"dense",
     "y = f(x W^T + b)",
     "A fully connected layer: W is (units, inputs), b is (units), f the activation.",
     {}},
    &ReadDense};

void DenseLayer::CheckPlace(const EarlierLayers& earlier) {
  if (!is_tied()) return;
  const auto number = static_cast<size_t>(tied_to);
  const auto* owner = dynamic_cast<const DenseLayer*>(earlier.Find(number));
  if (owner == nullptr || owner->is_tied()) {
    throw Error(ErrorKind::kArgument, path + ".tiedTo",
                "the number of a dense layer before it that has weights of its own",
                std::to_string(tied_to), "Layers are counted from 0.");
  }
  tied_to = static_cast<int64_t>(earlier.PlaceOf(number));
  if (owner->input_size == output_size && owner->output_size == input_size) return;
  throw Error(ErrorKind::kShape, path,
              Sizes(owner->output_size, owner->input_size) + ", as " + owner->path + " transposed",
              Sizes(input_size, output_size), "Change the units of one of the two.");
}

void DenseLayer::AddTensors(TensorList& to) const {
  if (is_tied()) {
    to.ShareWeightsOf(static_cast<size_t>(tied_to));
  } else {
    AddWeights(weights, output_size, input_size, to);
  }
  AddBias(weights, output_size, to);
}

// Frozen weights cost nothing and have no bounds, as in Keras.
void DenseLayer::Lower(Lowering& plan) const {
  if (is_ntk) {
    AddConstantScale(plan, 1.0 / std::sqrt(static_cast<double>(input_size)), input_size);
  }
  AddDenseStage(plan, frozen ? WeightRules{} : weights.rules, tied_to);
  plan.AddActivation(function);
}

}  // namespace layerwise
