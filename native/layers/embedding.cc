#include "native/layers/embedding.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>

#include "native/core/error.h"
#include "native/core/random.h"
#include "native/layers/block_step.h"
#include "native/layers/lowering.h"
#include "native/layers/tensor.h"

namespace layerwise {
namespace {

constexpr RowInfo kEmbeddingInfo{
    "embedding",
    "y = (x of the other inputs, vectors of the levels)",
    "Replaces inputs that hold the index of a level by learned vectors.",
    {}};

std::vector<EmbeddedColumn> ReadColumns(const ValueReader& list, int64_t input_size) {
  std::vector<EmbeddedColumn> columns;
  for (size_t i = 0; i < list.ArraySize(); ++i) {
    const ValueReader column = list.Item(i);
    column.AllowOnly({"input", "levels", "units"});
    const int64_t input = column.Member("input").Integer(0, input_size - 1);
    const bool is_taken =
        std::any_of(columns.begin(), columns.end(),
                    [&](const EmbeddedColumn& other) { return other.input == input; });
    if (is_taken) {
      throw Error(ErrorKind::kArgument, column.path() + ".input",
                  "an input that no other column embeds", std::to_string(input),
                  "Give each input once, with as many units as it needs.");
    }
    columns.push_back({input, column.Member("levels").Integer(1, kMaxUnits),
                       column.Member("units").Integer(1, kMaxUnits)});
  }
  if (!columns.empty()) return columns;
  throw Error(ErrorKind::kArgument, list.path(), "at least one column", "an empty array",
              "Name the inputs that hold indices of levels, or leave the layer out.");
}

std::unique_ptr<Layer> ReadEmbedding(const ValueReader& spec, int64_t input_size) {
  spec.AllowOnly({"type", "columns", "dropToUnknown", "initializer", "penalty", "frozen",
                  "learningRateFactor", "weightDecayFactor"});
  auto layer = std::make_unique<EmbeddingLayer>();
  layer->input_size = input_size;
  layer->columns = ReadColumns(spec.Member("columns"), input_size);
  layer->output_size = input_size;
  for (const EmbeddedColumn& column : layer->columns) {
    layer->output_size += column.units - 1;
    layer->indices.push_back({column.input, column.levels});
  }
  if (layer->output_size > kMaxUnits) {
    throw Error(ErrorKind::kArgument, spec.path() + ".columns",
                "at most " + std::to_string(kMaxUnits) + " columns behind the layer",
                std::to_string(layer->output_size), "Give the vectors fewer units.");
  }
  if (spec.Has("dropToUnknown")) {
    const ValueReader share = spec.Member("dropToUnknown");
    layer->drop_to_unknown = share.Number();
    if (!(layer->drop_to_unknown >= 0 && layer->drop_to_unknown < 1)) {
      throw Error(ErrorKind::kArgument, share.path(), "a share of at least 0 and below 1",
                  share.value().Describe(), "For example 0.01.");
    }
  }
  layer->initializer = ReadInitializer(spec, "initializer", "lecunNormal");
  layer->penalty = ReadPenalty(spec, "penalty");
  layer->factors = ReadTrainingFactors(spec);
  layer->frozen = spec.BoolOr("frozen", false);
  return layer;
}

// An input that is no index is passed on.
bool IsEmbedded(const EmbeddingLayer& layer, int64_t input) {
  return std::any_of(layer.columns.begin(), layer.columns.end(),
                     [&](const EmbeddedColumn& column) { return column.input == input; });
}

// The random numbers follow from the seed, the batch, the layer and the place of an index; so do
// those of noise, of other layers.
class EmbeddingStep final : public BlockStep {
 public:
  EmbeddingStep(const EmbeddingLayer& layer, const StepSite& site);

  void Reserve(StepReservation& memory) override;
  void Bind(const StepMemory& memory) override;
  bool HasPenalty() const override { return layer_.penalty.enabled() && !layer_.frozen; }
  bool PenalisesValues() const override { return HasPenalty(); }
  void AddPenalty(const StepContext& context, int64_t first_row, int64_t rows,
                  double* row_losses) const override;

 private:
  // One of the columns, with what follows from all.
  struct Column {
    EmbeddedColumn embedded;
    const ParameterBlock& vectors;
    int64_t first_output;
  };

  void ForwardBlock(const StepContext& context, const Block& block) const override;
  void BackwardBlock(const StepContext& context, const Block& block) const override;
  void BackwardParameters(const StepContext& context) override;

  int64_t count() const { return static_cast<int64_t>(columns_.size()); }
  void FindLevels(const StepContext& context, int64_t row, int32_t* levels) const;
  void DropLevels(const TrainingPass& pass, int64_t row, int32_t* levels) const;
  void SortRows(int64_t rows, int64_t column) const;
  void DifferentiateLevels(const StepContext& context, int64_t column, int64_t first, int64_t end,
                           float* gradient) const;
  void DifferentiateLevel(const StepContext& context, const Column& column,
                          std::span<const uint64_t> rows, float* gradient) const;
  double CostOf(const float* values) const;
  double SlopeAt(double value) const;

  const EmbeddingLayer& layer_;
  const NoiseKernels& noise_;
  const uint32_t index_;
  const int64_t batch_rows_;
  const bool trains_;
  std::vector<int64_t> passed_;  // the inputs that are no indices
  std::vector<Column> columns_;
  int64_t most_units_ = 0;
  // The levels of the batch, (batch rows, columns), and its rows by their level, (columns, batch
  // rows).
  Slot<int32_t> levels_slot_;
  Slot<uint64_t> order_slot_;
  int32_t* levels_ = nullptr;
  uint64_t* order_ = nullptr;
};

EmbeddingStep::EmbeddingStep(const EmbeddingLayer& layer, const StepSite& site)
    : BlockStep(site),
      layer_(layer),
      noise_(site.kernels.noise),
      index_(static_cast<uint32_t>(site.layer)),
      batch_rows_(site.batch_rows),
      trains_(site.trains) {
  for (int64_t input = 0; input < layer.input_size; ++input) {
    if (!IsEmbedded(layer, input)) passed_.push_back(input);
  }
  auto first_output = static_cast<int64_t>(passed_.size());
  const std::span<const ParameterBlock> blocks = site.layout.BlocksOf(site.layer);
  for (size_t i = 0; i < layer.columns.size(); ++i) {
    columns_.push_back({layer.columns[i], blocks[i], first_output});
    first_output += layer.columns[i].units;
    most_units_ = std::max(most_units_, layer.columns[i].units);
  }
}

void EmbeddingStep::Reserve(StepReservation& memory) {
  levels_slot_ = memory.Own<int32_t>(batch_rows_ * count());
  if (!trains_ || layer_.frozen) return;
  order_slot_ = memory.Own<uint64_t>(batch_rows_ * count());
  memory.ShareScratch(most_units_);
}

void EmbeddingStep::Bind(const StepMemory& memory) {
  levels_ = memory.At(levels_slot_);
  order_ = memory.At(order_slot_);
}

void EmbeddingStep::ForwardBlock(const StepContext& context, const Block& block) const {
  for (int64_t i = block.first_row; i < block.first_row + block.rows; ++i) {
    const float* x = input().output.Row(i);
    float* y = output().linear.Row(i);
    for (const int64_t from : passed_) *y++ = x[from];
    int32_t* levels = levels_ + i * count();
    FindLevels(context, i, levels);
    for (size_t c = 0; c < columns_.size(); ++c) {
      const Column& column = columns_[c];
      const int64_t units = column.embedded.units;
      const float* vectors = context.parameters + column.vectors.offset;
      y = std::copy_n(vectors + levels[c] * units, units, y);
    }
  }
}

void EmbeddingStep::FindLevels(const StepContext& context, int64_t row, int32_t* levels) const {
  const float* x = input().output.Row(row);
  for (size_t c = 0; c < columns_.size(); ++c) {
    const EmbeddedColumn& column = columns_[c].embedded;
    levels[c] = static_cast<int32_t>(LevelOf(x[column.input], column.levels));
  }
  if (context.training != nullptr && layer_.drop_to_unknown > 0) {
    DropLevels(*context.training, row, levels);
  }
}

void EmbeddingStep::DropLevels(const TrainingPass& pass, int64_t row, int32_t* levels) const {
  const NoiseStream stream{{pass.seed, static_cast<uint32_t>(StreamPurpose::kNoise)},
                           index_,
                           static_cast<uint32_t>(pass.step),
                           0};
  const auto threshold =
      static_cast<uint32_t>(std::min(std::round(layer_.drop_to_unknown * 0x1p32), 0x1p32 - 1.0));
  const int64_t groups = (count() + kNoiseGroup - 1) / kNoiseGroup;
  for (int64_t group = 0; group < groups; ++group) {
    const auto block = static_cast<uint32_t>((row * groups + group) * kBlocksInNoiseGroup);
    uint32_t numbers[kNoiseGroup];
    noise_.numbers(stream, block, kNoiseGroup, numbers);
    const int64_t first = group * kNoiseGroup;
    const int64_t columns = std::min(kNoiseGroup, count() - first);
    for (int64_t k = 0; k < columns; ++k) {
      if (numbers[k] < threshold) levels[first + k] = 0;
    }
  }
}

// An index has no neighbours that it could be moved to: its gradient is zero.
void EmbeddingStep::BackwardBlock(const StepContext&, const Block& block) const {
  for (int64_t i = block.first_row; i < block.first_row + block.rows; ++i) {
    const float* dy = output().gradient.Row(i);
    float* dx = input().gradient.Row(i);
    std::fill_n(dx, block.columns, 0.0f);
    for (const int64_t to : passed_) dx[to] = *dy++;
  }
}

// The rows of a level are added up in their order, whoever does it: a task has the levels whose
// first row is among its own.
void EmbeddingStep::BackwardParameters(const StepContext& context) {
  if (layer_.frozen) return;
  constexpr int64_t kRowsInTask = 64;
  const int64_t tasks = (context.rows + kRowsInTask - 1) / kRowsInTask;
  const double places = static_cast<double>(context.rows) * static_cast<double>(count());
  context.Parallel(count(), kOperationsPerElement * places,
                   [&](int64_t column, int) { SortRows(context.rows, column); });
  const double values = static_cast<double>(context.rows) * static_cast<double>(output().columns);
  context.Parallel(count() * tasks, kOperationsPerElement * values, [&](int64_t task, int thread) {
    const int64_t first = task % tasks * kRowsInTask;
    DifferentiateLevels(context, task / tasks, first, std::min(context.rows, first + kRowsInTask),
                        context.Scratch(thread));
  });
}

constexpr int kRowBits = 32;  // of a place in the order; the level is above them
constexpr uint64_t kRowMask = (uint64_t{1} << kRowBits) - 1;

void EmbeddingStep::SortRows(int64_t rows, int64_t column) const {
  uint64_t* order = order_ + column * batch_rows_;
  for (int64_t i = 0; i < rows; ++i) {
    const auto level = static_cast<uint64_t>(levels_[i * count() + column]);
    order[i] = level << kRowBits | static_cast<uint64_t>(i);
  }
  std::sort(order, order + rows);
}

void EmbeddingStep::DifferentiateLevels(const StepContext& context, int64_t column, int64_t first,
                                        int64_t end, float* gradient) const {
  const uint64_t* order = order_ + column * batch_rows_;
  const auto level_at = [&](int64_t at) { return order[at] >> kRowBits; };
  int64_t at = first;
  while (at > 0 && at < end && level_at(at) == level_at(at - 1)) ++at;
  while (at < end) {
    int64_t next = at + 1;
    while (next < context.rows && level_at(next) == level_at(at)) ++next;
    DifferentiateLevel(context, columns_[static_cast<size_t>(column)], {order + at, order + next},
                       gradient);
    at = next;
  }
}

void EmbeddingStep::DifferentiateLevel(const StepContext& context, const Column& column,
                                       std::span<const uint64_t> rows, float* gradient) const {
  constexpr int64_t kUnitsAtOnce = 32;
  const auto level = static_cast<int64_t>(rows.front() >> kRowBits);
  const int64_t units = column.embedded.units;
  const float* vector = context.parameters + column.vectors.offset + level * units;
  double weight = 0;
  for (const uint64_t place : rows) {
    weight += context.WeightOf(static_cast<int64_t>(place & kRowMask));
  }
  weight /= static_cast<double>(context.rows);
  for (int64_t first = 0; first < units; first += kUnitsAtOnce) {
    const int64_t width = std::min(kUnitsAtOnce, units - first);
    double sums[kUnitsAtOnce] = {};
    for (const uint64_t place : rows) {
      const auto row = static_cast<int64_t>(place & kRowMask);
      const float* dy = output().gradient.Row(row) + column.first_output + first;
      for (int64_t j = 0; j < width; ++j) sums[j] += static_cast<double>(dy[j]);
    }
    for (int64_t j = 0; j < width; ++j) {
      const double of_penalty =
          HasPenalty() ? weight * SlopeAt(static_cast<double>(vector[first + j])) : 0.0;
      gradient[first + j] = static_cast<float>(sums[j] + of_penalty);
    }
  }
  context.sink->TakeRow(column.vectors, level, gradient);
}

double EmbeddingStep::SlopeAt(double value) const {
  const double sign = value > 0 ? 1.0 : value < 0 ? -1.0 : 0.0;
  return layer_.penalty.l1 * sign + 2.0 * layer_.penalty.l2 * value;
}

double EmbeddingStep::CostOf(const float* values) const {
  double cost = 0;
  for (auto j = static_cast<int64_t>(passed_.size()); j < output().columns; ++j) {
    const auto value = static_cast<double>(values[j]);
    cost += layer_.penalty.l1 * std::fabs(value) + layer_.penalty.l2 * value * value;
  }
  return cost;
}

// That of the vectors that a row takes, so that it counts for what a level is met with.
void EmbeddingStep::AddPenalty(const StepContext& context, int64_t first_row, int64_t rows,
                               double* row_losses) const {
  for (int64_t i = first_row; i < first_row + rows; ++i) {
    row_losses[i] += context.WeightOf(i) * CostOf(output().output.Row(i));
  }
}

}  // namespace

const LayerType EmbeddingLayer::kType{kEmbeddingInfo, &ReadEmbedding};

// What another layer computes is no index: of its values there are too many, and of an index there
// is no gradient.
void EmbeddingLayer::CheckPlace(const EarlierLayers&) {
  if (path == "layers[0]") return;
  throw Error(ErrorKind::kArgument, path, "an embedding as the first layer of the network",
              "layers before or around it",
              "Move it to the front: it takes the inputs themselves.");
}

void EmbeddingLayer::AddTensors(TensorList& to) const {
  for (size_t i = 0; i < columns.size(); ++i) {
    to.Add({.name = "columns." + std::to_string(i) + ".weight",
            .role = ParameterRole::kWeights,
            .shape = {columns[i].levels, columns[i].units},
            .initializer = &initializer,
            .is_table = true,
            .fan_in = columns[i].units,
            .fan_out = columns[i].units,
            .factors = factors});
  }
}

void EmbeddingLayer::Lower(Lowering& plan) const {
  plan.Add([this](const StepSite& site) { return std::make_unique<EmbeddingStep>(*this, site); });
}

}  // namespace layerwise
