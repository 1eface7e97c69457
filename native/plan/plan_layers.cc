#include "native/plan/plan_layers.h"

#include <numeric>

#include "native/core/finite.h"

namespace layerwise {

// A layer may have taken several steps: it computes in the first and ends with the last.
InspectedLayer PlanLayers::Inspected(size_t layer) const {
  InspectedLayer inspected;
  for (size_t i = 0; i < program_.stages.size(); ++i) {
    const Stage& stage = program_.stages[i];
    if (stage.layer != layer || stage.is_projection || stage.traits.prepares_input) continue;
    if (inspected.value == nullptr) inspected.gradient = memory_.value(i + 1).gradient;
    inspected.value = &memory_.value(i + 1);
  }
  return inspected;
}

std::string PlanLayers::FirstNonFinite(int64_t rows) const {
  for (size_t i = 0; i < program_.stages.size(); ++i) {
    const MatrixView& output = memory_.value(i + 1).output;
    for (int64_t row = 0; row < rows; ++row) {
      const bool is_finite = AllFinite({output.Row(row), static_cast<size_t>(output.columns)});
      if (!is_finite) return spec_.layers[program_.stages[i].layer]->path;
    }
  }
  return {};
}

void PlanLayers::BeginEvaluation() const {
  for (const auto& step : steps_) step->BeginEvaluation();
}

double PlanLayers::EndEvaluation() const {
  return std::accumulate(
      steps_.begin(), steps_.end(), 0.0,
      [](double sum, const std::unique_ptr<Step>& step) { return sum + step->EndEvaluation(); });
}

}  // namespace layerwise
