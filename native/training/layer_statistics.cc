#include "native/training/layer_statistics.h"

#include <algorithm>
#include <cmath>
#include <span>

#include "native/layers/activation.h"
#include "native/plan/execution_plan.h"

namespace layerwise {
namespace {

double Square(double x) { return x * x; }

// `fn` is given a function that takes the numbers in runs, and calls it with all of them: twice,
// as the deviation needs the mean. `count` leaves out zeros that are but padding.
template <typename F>
Spread SpreadOf(int64_t count, F&& for_all) {
  const double numbers = static_cast<double>(std::max<int64_t>(count, 1));
  double sum = 0;
  double squares = 0;
  int64_t seen = 0;
  for_all([&](std::span<const float> values) {
    for (const float value : values) sum += static_cast<double>(value);
    for (const float value : values) squares += Square(static_cast<double>(value));
    seen += static_cast<int64_t>(values.size());
  });
  const double mean = sum / numbers;
  double deviations = -static_cast<double>(seen - count) * Square(mean);
  for_all([&](std::span<const float> values) {
    for (const float value : values) deviations += Square(static_cast<double>(value) - mean);
  });
  return {mean, std::sqrt(std::max(0.0, deviations) / numbers), std::sqrt(squares)};
}

std::span<const float> RowOf(const MatrixView& values, int64_t row) {
  return {values.Row(row), static_cast<size_t>(values.columns)};
}

Spread SpreadOfRows(const MatrixView& values, int64_t rows) {
  return SpreadOf(rows * values.columns, [&](const auto& take) {
    for (int64_t i = 0; i < rows; ++i) take(RowOf(values, i));
  });
}

double DeadUnits(const MatrixView& outputs, int64_t rows) {
  std::vector<char> is_alive(static_cast<size_t>(outputs.columns), 0);
  for (int64_t i = 0; i < rows; ++i) {
    const std::span<const float> row = RowOf(outputs, i);
    for (size_t j = 0; j < row.size(); ++j) {
      if (row[j] != 0.0f) is_alive[j] = 1;
    }
  }
  const auto dead = std::count(is_alive.begin(), is_alive.end(), 0);
  return static_cast<double>(dead) / static_cast<double>(outputs.columns);
}

// The activation of a layer, and what its derivative is computed from.
std::optional<double> SaturatedShare(const Layer& layer, const ValueBuffer& value, int64_t rows) {
  const Choice* activation = layer.activation();
  if (activation == nullptr || activation->row == 0) return 0.0;  // linear
  const ActivationRow& row = ActivationOf(layer);
  if (row.scope == ActivationScope::kRow) return std::nullopt;
  const bool of_input = row.derivative_of == DerivativeOf::kInput;
  // An activation that is left to the loss keeps only its output.
  if (of_input && value.before.data == value.output.data) return std::nullopt;
  const MatrixView& saved = of_input ? value.before : value.output;
  const std::vector<float> parameters(activation->parameters.begin(), activation->parameters.end());
  std::vector<float> derivative(static_cast<size_t>(saved.stride));
  int64_t flat = 0;
  for (int64_t i = 0; i < rows; ++i) {
    std::fill(derivative.begin(), derivative.end(), 1.0f);
    row.backward({saved.Row(i), saved.stride, derivative.data(), saved.stride, 1, saved.columns},
                 parameters.data());
    const float* outputs = value.output.Row(i);
    for (int64_t j = 0; j < saved.columns; ++j) {
      const bool is_flat = std::fabs(derivative[static_cast<size_t>(j)]) < kFlatDerivative;
      if (is_flat && outputs[j] != 0.0f) ++flat;
    }
  }
  return static_cast<double>(flat) / static_cast<double>(rows * saved.columns);
}

// The trainable parameters of a layer.
class LayerParameters {
 public:
  LayerParameters(const ParameterLayout& layout, size_t layer) {
    for (const ParameterBlock& block : layout.blocks()) {
      if (block.layer != layer || !block.trainable()) continue;
      blocks_.push_back(&block);
      count_ += BlockSize(block);
    }
  }

  bool empty() const { return blocks_.empty(); }

  Spread SpreadIn(const float* values) const {
    return SpreadOf(count_, [&](const auto& take) {
      for (const ParameterBlock* block : blocks_) take(Of(*block, values));
    });
  }

  double Distance(const float* from, const float* to) const {
    double squares = 0;
    for (const ParameterBlock* block : blocks_) {
      const std::span<const float> a = Of(*block, from);
      const std::span<const float> b = Of(*block, to);
      for (size_t i = 0; i < a.size(); ++i) {
        squares += Square(static_cast<double>(b[i]) - static_cast<double>(a[i]));
      }
    }
    return std::sqrt(squares);
  }

 private:
  // With the padding, which is zero.
  static std::span<const float> Of(const ParameterBlock& block, const float* values) {
    return {values + block.offset, static_cast<size_t>(block.panels.size())};
  }

  std::vector<const ParameterBlock*> blocks_;
  int64_t count_ = 0;
};

void AddParameters(const LayerParameters& parameters, const ExecutionPlan& plan,
                   const float* before, LayerStatistics& to) {
  if (parameters.empty()) return;
  to.gradients = parameters.SpreadIn(plan.trained().gradients());
  const double norm = parameters.SpreadIn(plan.trained().values()).norm;
  to.weight_norm = norm;
  if (norm > 0) to.update_ratio = parameters.Distance(before, plan.trained().values()) / norm;
}

}  // namespace

std::vector<LayerStatistics> StatisticsOf(const ExecutionPlan& plan, const NetworkSpec& spec,
                                          const ParameterLayout& layout, int64_t rows,
                                          const float* before) {
  std::vector<LayerStatistics> all;
  for (size_t layer = 0; layer < spec.layers.size(); ++layer) {
    if (spec.layers[layer]->holds_heads()) continue;  // its layers follow
    const InspectedLayer inspected = plan.layers().Inspected(layer);
    LayerStatistics& statistics = all.emplace_back();
    statistics.layer = spec.layers[layer]->index;
    statistics.path = spec.layers[layer]->path;
    statistics.type = spec.layers[layer]->type->info.name;
    statistics.is_output =
        std::any_of(spec.outputs.begin(), spec.outputs.end(),
                    [&](const OutputSpec& output) { return output.layer == layer; });
    statistics.outputs = SpreadOfRows(inspected.value->output, rows);
    statistics.dead_units = DeadUnits(inspected.value->output, rows);
    statistics.saturated = SaturatedShare(*spec.layers[layer], *inspected.value, rows);
    if (inspected.gradient) {
      statistics.output_gradients = SpreadOfRows(inspected.gradient, rows);
    }
    AddParameters(LayerParameters(layout, layer), plan, before, statistics);
  }
  return all;
}

}  // namespace layerwise
