// Many networks at once against the kernels of one: every lane has the bits of its own.
#include "native/kernels/many.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "native/kernels/gemm.h"
#include "native/kernels/losses.h"
#include "native/kernels/optimizers.h"
#include "test/native/kernels/support.h"

namespace layerwise::testing {
namespace {

const ManyKernels& Many() { return ManyKernelsFor(SelectedInstructionSet()); }
const GemmKernels& One() { return GemmKernelsFor(SelectedInstructionSet()); }

// The numbers of one lane, each row in whole vectors, as the kernels of one network want them.
std::vector<float> Lane(const std::vector<float>& all, int64_t rows, int64_t columns, int lane) {
  const int64_t lanes = Many().lanes;
  const int64_t stride = (columns + lanes - 1) / lanes * lanes;
  std::vector<float> of(static_cast<size_t>((rows + 1) * stride));
  for (int64_t i = 0; i < rows; ++i) {
    for (int64_t j = 0; j < columns; ++j) {
      of[static_cast<size_t>(i * stride + j)] =
          all[static_cast<size_t>((i * columns + j) * lanes + lane)];
    }
  }
  return of;
}

// The product of one lane, a panel of one vector after the other.
std::vector<float> Product(int64_t rows, int64_t depth, int64_t columns, const float* a,
                           int64_t a_row, int64_t a_depth, const std::vector<float>& b,
                           const float* start) {
  const int64_t lanes = One().lanes;
  const int64_t stride = (columns + lanes - 1) / lanes * lanes;
  std::vector<float> c(static_cast<size_t>((rows + 1) * stride));
  for (int64_t first = 0; first < columns; first += lanes) {
    GemmPanel g;
    g.rows = rows;
    g.depth = depth;
    g.a = a;
    g.a_row_stride = a_row;
    g.a_depth_stride = a_depth;
    g.b = b.data() + first;
    g.b_stride = stride;
    g.c = c.data() + first;
    g.c_stride = stride;
    g.start = start == nullptr ? nullptr : start + first;
    One().panel[0](g);
  }
  return c;
}

void ExpectLane(const std::vector<float>& all, const std::vector<float>& one, int64_t rows,
                int64_t columns, int lane, const char* what) {
  const std::vector<float> of = Lane(all, rows, columns, lane);
  const int64_t stride = (columns + One().lanes - 1) / One().lanes * One().lanes;
  for (int64_t i = 0; i < rows; ++i) {
    for (int64_t j = 0; j < columns; ++j) {
      const auto at = static_cast<size_t>(i * stride + j);
      EXPECT_TRUE(SameBits(of[at], one[at]))
          << what << " of lane " << lane << " at " << i << ", " << j;
    }
  }
}

struct Layer {
  Layer(int64_t rows_in, int64_t inputs_in, int64_t units_in, Generator& random)
      : rows(rows_in), inputs(inputs_in), units(units_in) {
    for (std::vector<float>* of : {&x, &w, &b, &y, &dy, &dx, &dw, &db}) {
      const bool by_rows = of == &x || of == &y || of == &dy || of == &dx;
      const bool by_inputs = of == &x || of == &dx || of == &w || of == &dw;
      const int64_t wide = of == &x || of == &dx ? 1 : units;
      of->resize(static_cast<size_t>((by_rows ? rows : 1) * (by_inputs ? inputs : 1) * wide *
                                     Many().lanes));
      random.Fill(of->data(), static_cast<int64_t>(of->size()), -1, 1);
    }
  }
  ManyDense View() {
    return {rows,     inputs,    units,     x.data(),  w.data(), b.data(),
            y.data(), dy.data(), dx.data(), dw.data(), db.data()};
  }
  void ExpectBitsOfLane(int lane) const {
    const std::vector<float> in = Lane(x, rows, inputs, lane);
    const std::vector<float> weights = Lane(w, inputs, units, lane);
    const std::vector<float> bias = Lane(b, 1, units, lane);
    const std::vector<float> gradient = Lane(dy, rows, units, lane);
    const int64_t lanes = One().lanes;
    const int64_t in_stride = (inputs + lanes - 1) / lanes * lanes;
    const int64_t stride = (units + lanes - 1) / lanes * lanes;
    ExpectLane(y, Product(rows, inputs, units, in.data(), in_stride, 1, weights, bias.data()), rows,
               units, lane, "output");
    ExpectLane(dw, Product(inputs, rows, units, in.data(), 1, in_stride, gradient, nullptr), inputs,
               units, lane, "weight gradient");
    std::vector<float> sums(bias.size());
    for (int64_t j = 0; j < units; j += lanes) {
      One().column_sums(gradient.data() + j, stride, rows, 1, sums.data() + j);
    }
    ExpectLane(db, sums, 1, units, lane, "bias gradient");
    std::vector<float> transposed(static_cast<size_t>((units + 1) * in_stride));
    for (int64_t i = 0; i < inputs; ++i) {
      for (int64_t j = 0; j < units; ++j) {
        transposed[static_cast<size_t>(j * in_stride + i)] =
            weights[static_cast<size_t>(i * stride + j)];
      }
    }
    ExpectLane(dx, Product(rows, units, inputs, gradient.data(), stride, 1, transposed, nullptr),
               rows, inputs, lane, "input gradient");
  }

  int64_t rows, inputs, units;
  std::vector<float> x, w, b, y, dy, dx, dw, db;
};

TEST(EveryLaneOfManyDenseLayersHasTheBitsOfOne) {
  Generator random(16);
  for (int repetition = 0; repetition < 20; ++repetition) {
    Layer layer(random.Integer(1, 40), random.Integer(1, 20), random.Integer(1, 20), random);
    const ManyDense view = layer.View();
    Many().forward(view);
    Many().weight_gradient(view);
    Many().input_gradient(view);
    for (int lane = 0; lane < Many().lanes; ++lane) layer.ExpectBitsOfLane(lane);
  }
}

// A batch of outputs of every lane, with targets and weights.
struct LossesOfMany {
  LossesOfMany(const LossRow& loss_in, int64_t rows_in, int64_t columns_in, Generator& random)
      : loss(loss_in), rows(rows_in), columns(columns_in) {
    const auto lanes = static_cast<size_t>(Many().lanes);
    const auto all = static_cast<size_t>(rows * columns) * lanes;
    outputs.resize(all);
    targets.resize(all);
    gradient.resize(all);
    random.Fill(outputs.data(), static_cast<int64_t>(all), -3, 3);
    random.Fill(targets.data(), static_cast<int64_t>(all), 0, 1);
    weights.resize(static_cast<size_t>(rows) * lanes);
    random.Fill(weights.data(), static_cast<int64_t>(weights.size()), 0, 2);
    scale.resize(lanes);
    random.Fill(scale.data(), static_cast<int64_t>(lanes), 0, 1);
    row_losses.resize(weights.size());
    for (size_t i = 0; i < weights.size(); ++i) {
      classes.push_back(static_cast<int32_t>(random.Integer(0, columns - 1)));
    }
    for (const double parameter : DefaultParameters(loss.info)) {
      parameters.push_back(static_cast<float>(parameter));
    }
    parameters.push_back(0);
  }

  bool of_classes() const { return loss.targets == LossTargets::kEither; }

  void Compute(ManyLossFunction compute) {
    ManyLoss many;
    many.rows = rows;
    many.columns = columns;
    many.outputs = outputs.data();
    many.targets = of_classes() ? nullptr : targets.data();
    many.classes = of_classes() ? classes.data() : nullptr;
    many.weights = weights.data();
    many.gradient = gradient.data();
    many.gradient_scale = scale.data();
    many.row_losses = row_losses.data();
    compute(many, parameters.data());
  }

  // What one network has for the same, its rows weighted as LossPass does it.
  void ExpectBitsOfLane(int lane, const LossesOfMany& before) const {
    std::vector<float> own = Lane(before.outputs, rows, columns, lane);
    const std::vector<float> target = Lane(before.targets, rows, columns, lane);
    std::vector<float> own_gradient(own.size());
    std::vector<int32_t> own_classes;
    for (int64_t i = 0; i < rows; ++i) own_classes.push_back(before.classes[At(i, lane)]);
    std::vector<double> losses(static_cast<size_t>(rows));
    LossBlock block;
    block.outputs = own.data();
    block.stride = static_cast<int64_t>(own.size()) / (rows + 1);
    block.rows = rows;
    block.columns = columns;
    block.targets = of_classes() ? nullptr : target.data();
    block.target_stride = block.stride;
    block.classes = of_classes() ? own_classes.data() : nullptr;
    block.gradient = own_gradient.data();
    block.gradient_stride = block.stride;
    block.gradient_scale = scale[static_cast<size_t>(lane)];
    block.row_losses = losses.data();
    loss.compute(block, parameters.data());
    for (int64_t i = 0; i < rows; ++i) {
      const float weight = weights[At(i, lane)];
      EXPECT_EQ(row_losses[At(i, lane)],
                losses[static_cast<size_t>(i)] * static_cast<double>(weight));
      for (int64_t j = 0; j < columns; ++j) {
        own_gradient[static_cast<size_t>(i * block.stride + j)] *= weight;
      }
    }
    if (loss.output != nullptr) ExpectLane(outputs, own, rows, columns, lane, loss.info.name);
    ExpectLane(gradient, own_gradient, rows, columns, lane, loss.info.name);
  }

  static size_t At(int64_t row, int lane) { return static_cast<size_t>(row * Many().lanes + lane); }

  const LossRow& loss;
  int64_t rows, columns;
  std::vector<float> outputs, targets, gradient, weights, scale, parameters;
  std::vector<int32_t> classes;
  std::vector<double> row_losses;
};

TEST(EveryLaneOfALossHasTheBitsOfOne) {
  Generator random(17);
  const std::span<const LossRow> rows = LossesFor(SelectedInstructionSet());
  for (size_t row = 0; row < rows.size(); ++row) {
    const ManyLossFunction compute = Many().losses[row];
    for (int repetition = 0; compute != nullptr && repetition < 8; ++repetition) {
      const int64_t columns = repetition == 0 ? 1 : random.Integer(2, 40);
      LossesOfMany many(rows[row], random.Integer(1, 6), columns, random);
      const LossesOfMany before = many;
      many.Compute(compute);
      for (int lane = 0; lane < Many().lanes; ++lane) many.ExpectBitsOfLane(lane, before);
    }
  }
}

TEST(LanesTakeTheirOwnRowsForSumsOfGradients) {
  Generator random(18);
  Layer layer(11, 3, 5, random);
  std::vector<int32_t> rows;
  for (int lane = 0; lane < Many().lanes; ++lane) {
    rows.push_back(static_cast<int32_t>(random.Integer(1, layer.rows)));
    for (int64_t i = rows.back(); i < layer.rows; ++i) {
      for (int64_t j = 0; j < layer.inputs; ++j) {
        layer.x[static_cast<size_t>((i * layer.inputs + j) * Many().lanes + lane)] = 0.0f;
      }
      for (int64_t j = 0; j < layer.units; ++j) {
        layer.dy[static_cast<size_t>((i * layer.units + j) * Many().lanes + lane)] = -0.0f;
      }
    }
  }
  ManyDense view = layer.View();
  view.lane_rows = rows.data();
  Many().weight_gradient(view);
  for (int lane = 0; lane < Many().lanes; ++lane) {
    Layer own(rows[static_cast<size_t>(lane)], layer.inputs, layer.units, random);
    std::copy_n(layer.x.begin(), own.x.size(), own.x.begin());
    std::copy_n(layer.dy.begin(), own.dy.size(), own.dy.begin());
    Many().weight_gradient(own.View());
    ExpectLane(layer.dw, Lane(own.dw, own.inputs, own.units, lane), own.inputs, own.units, lane,
               "weight gradient");
    ExpectLane(layer.db, Lane(own.db, 1, own.units, lane), 1, own.units, lane, "bias gradient");
  }
}

TEST(EveryActiveLaneOfAnUpdateHasTheBitsOfOne) {
  Generator random(19);
  const std::span<const OptimizerRow> rows = OptimizersFor(SelectedInstructionSet());
  const int64_t lanes = Many().lanes;
  constexpr int64_t kCount = 7;
  for (size_t row = 0; row < rows.size(); ++row) {
    const auto all = static_cast<size_t>(kCount * lanes);
    std::vector<float> parameters(all), gradient(all);
    std::vector<std::vector<float>> states(kMaxOptimizerStates, std::vector<float>(all));
    random.Fill(parameters.data(), kCount * lanes, -1, 1);
    random.Fill(gradient.data(), kCount * lanes, -1, 1);
    for (auto& state : states) random.Fill(state.data(), kCount * lanes, 0, 1);
    std::vector<float> constants(static_cast<size_t>(kMaxOptimizerConstants * lanes));
    std::vector<float> active(static_cast<size_t>(lanes));
    std::vector<OptimizerConstants> of_lane;
    for (int64_t lane = 0; lane < lanes; ++lane) {
      std::vector<double> settings = DefaultParameters(rows[row].info);
      settings[0] *= static_cast<double>(lane + 1);
      of_lane.push_back(rows[row].prepare(settings.data(), lane + 1));
      active[static_cast<size_t>(lane)] = lane % 3 == 1 ? 0.0f : 1.0f;
      for (int64_t i = 0; i < kMaxOptimizerConstants; ++i) {
        constants[static_cast<size_t>(i * lanes + lane)] = of_lane.back().values[i];
      }
    }
    const std::vector<float> before = parameters;
    const std::vector<std::vector<float>> states_before = states;
    ManyUpdate update{kCount, parameters.data(), gradient.data(),
                      {},     constants.data(),  active.data()};
    for (size_t s = 0; s < states.size(); ++s) update.states[s] = states[s].data();
    Many().optimizers[row](update);
    for (int lane = 0; lane < lanes; ++lane) {
      std::vector<float> own = Lane(before, 1, kCount, lane);
      const std::vector<float> own_gradient = Lane(gradient, 1, kCount, lane);
      std::vector<std::vector<float>> own_states;
      OptimizerBlock block;
      block.parameters = own.data();
      block.gradient = own_gradient.data();
      block.count = static_cast<int64_t>(own.size());
      for (const auto& state : states_before) own_states.push_back(Lane(state, 1, kCount, lane));
      for (size_t s = 0; s < own_states.size(); ++s) block.states[s] = own_states[s].data();
      if (active[static_cast<size_t>(lane)] != 0) {
        rows[row].update(block, of_lane[static_cast<size_t>(lane)]);
      }
      ExpectLane(parameters, own, 1, kCount, lane, rows[row].info.name);
      for (size_t s = 0; s < own_states.size(); ++s) {
        ExpectLane(states[s], own_states[s], 1, kCount, lane, rows[row].info.name);
      }
    }
  }
}

}  // namespace
}  // namespace layerwise::testing
