#include "native/layers/dense/folded_norm.h"

#include <cmath>

namespace layerwise {
namespace {

// The value of a column, or the fallback where the layer has no such parameter.
float ValueOf(const ParameterBlock* block, const float* parameters, int64_t column,
              float fallback) {
  return block == nullptr ? fallback : parameters[block->offset + column];
}

}  // namespace

FoldedNorm::FoldedNorm(const ParameterLayout& layout, size_t dense_layer, const NormToFold& norm)
    : dense_weights_(*layout.Find(dense_layer, ParameterRole::kWeights)),
      dense_bias_(layout.Find(dense_layer, ParameterRole::kBias)),
      scale_(layout.Find(norm.layer, ParameterRole::kScale)),
      shift_(layout.Find(norm.layer, ParameterRole::kShift)),
      running_mean_(*layout.Find(norm.layer, ParameterRole::kRunningMean)),
      running_variance_(*layout.Find(norm.layer, ParameterRole::kRunningVariance)),
      epsilon_(static_cast<float>(norm.epsilon)) {}

void FoldedNorm::Reserve(StepReservation& memory) {
  weights_slot_ = memory.Own<float>(dense_weights_.panels.size());
  bias_slot_ = memory.Own<float>(dense_weights_.panels.padded_columns());
}

void FoldedNorm::Bind(const StepMemory& memory) {
  weights_ = memory.At(weights_slot_);
  bias_ = memory.At(bias_slot_);
}

float FoldedNorm::Scale(const float* parameters, int64_t column) const {
  const float variance = parameters[running_variance_.offset + column];
  return ValueOf(scale_, parameters, column, 1.0f) / std::sqrt(variance + epsilon_);
}

void FoldedNorm::Fold(const float* parameters) {
  const PanelShape& shape = dense_weights_.panels;
  const float* from = parameters + dense_weights_.offset;
  for (int64_t p = 0; p < shape.panels(); ++p) {
    const Panel panel = shape.PanelAt(p);
    const int64_t width = shape.Width(panel);
    const int64_t offset = shape.Offset(panel);
    for (int64_t j = 0; j < width; ++j) {
      const int64_t column = panel.first_column + j;
      if (column >= shape.columns) break;  // padding stays zero
      const float scale = Scale(parameters, column);
      for (int64_t k = 0; k < shape.depth; ++k) {
        const int64_t at = offset + k * width + j;
        weights_[at] = scale * from[at];
      }
      const float mean = parameters[running_mean_.offset + column];
      const float bias = ValueOf(dense_bias_, parameters, column, 0.0f);
      bias_[column] = scale * (bias - mean) + ValueOf(shift_, parameters, column, 0.0f);
    }
  }
}

}  // namespace layerwise
