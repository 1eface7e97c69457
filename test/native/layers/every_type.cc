// What every type of layer has to do, whatever it is.
#include <algorithm>
#include <string>
#include <utility>

#include "native/layers/layer.h"
#include "test/native/plan/differences.h"

namespace layerwise::testing {
namespace {

constexpr int64_t kColumns = 6;

// The layer, where it stands in a network. Options that a type cannot do without are added here.
Value SpecOf(const std::string& type) {
  Value layer = Value::Object{{"type", type}};
  if (type == "dense" || type == "maxout") layer.Set("units", kColumns);
  if (type == "activation") layer.Set("activation", "softplus");
  if (type == "embedding") {
    layer = WithMembers(Embedding({EmbeddedColumn(1, 3, 4)}), {{"dropToUnknown", 0.3}});
    return Spec(differences::kInputs, {std::move(layer), Dense(differences::kInputs, "tanh")});
  }
  if (type == "residual") layer.Set("layers", Value::Array{Dense(kColumns, "tanh")});
  return Spec(differences::kInputs, {Dense(kColumns, "sigmoid"), std::move(layer), Dense(4, "tanh"),
                                     Dense(differences::kInputs, "linear")});
}

TEST(GradientsOfEveryTypeOfLayerAreDifferencesOfTheLoss) {
  for (const LayerType* type : LayerTypes()) {
    const std::string name = type->info.name;
    if (name != "heads") differences::CheckGradients(SpecOf(name));  // those: plan/heads.cc
  }
}

TEST(EveryTypeOfLayerRefusesUnknownOptions) {
  for (const LayerType* type : LayerTypes()) {
    const Value layer = Value::Object{{"type", type->info.name}, {"unheardOf", 1}};
    EXPECT_THROWS(Network(Spec(2, {layer})), "unheardOf");
  }
}

TEST(EveryTypeOfLayerHasANameOfItsOwn) {
  for (const LayerType* type : LayerTypes()) {
    const auto types = LayerTypes();
    const auto same = std::count_if(types.begin(), types.end(), [&](const LayerType* other) {
      return std::string(other->info.name) == type->info.name;
    });
    EXPECT_EQ(same, 1);
  }
}

}  // namespace
}  // namespace layerwise::testing
