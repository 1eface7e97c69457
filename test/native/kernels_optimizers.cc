// One step of every optimizer against its naive twin.
#include "native/kernels/optimizers.h"

#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "test/native/kernels_support.h"

namespace layerwise::testing {
namespace {

std::span<const OptimizerRow> Rows() { return OptimizersFor(SelectedInstructionSet()); }

// A setting within the declared range.
double RandomParameter(const ParameterInfo& info, Generator& random) {
  if (info.is_boolean) return random.Integer(0, 1) == 1 ? 1.0 : 0.0;
  const std::string name = info.name;
  if (name == "learningRate") return std::exp2(random.Uniform(-14, 0));
  if (name == "epsilon") return std::exp2(random.Uniform(-30, -3));
  if (name == "weightDecay") return random.Integer(0, 2) == 0 ? 0.0 : random.Uniform(0, 0.5);
  const double high = std::isfinite(info.maximum) ? info.maximum : info.minimum + 1.0;
  const double share = random.Uniform(0, 1);
  return info.minimum + share * share * 0.999 * (high - info.minimum);
}

std::vector<double> RandomParameters(const RowInfo& info, Generator& random) {
  std::vector<double> parameters;
  for (const ParameterInfo& parameter : info.parameters) {
    parameters.push_back(RandomParameter(parameter, random));
  }
  return parameters;
}

// Parameters, gradients and states of one optimizer, in guarded memory.
struct Memory {
  Memory(int64_t count, int64_t misalignment)
      : parameters(count, misalignment),
        gradient(count, misalignment),
        states{GuardedFloats(count, misalignment), GuardedFloats(count, misalignment)} {}

  void Update(const OptimizerRow& row, const std::vector<double>& settings, int64_t step,
              int64_t count) {
    OptimizerBlock block;
    block.parameters = parameters.data();
    block.gradient = gradient.data();
    for (int s = 0; s < row.states; ++s) block.states[s] = states[s].data();
    block.count = count;
    row.update(block, row.prepare(settings.data(), step));
  }

  GuardedFloats parameters;
  GuardedFloats gradient;
  GuardedFloats states[kMaxOptimizerStates];
};

std::string Describe(const OptimizerRow& row, const std::vector<double>& settings) {
  std::string text = row.info.name;
  for (const double setting : settings) text += " " + std::to_string(setting);
  return text;
}

// A step of all elements, compared with the twin's step from the same numbers.
void CheckStep(const OptimizerRow& row, const std::vector<double>& settings, int64_t step,
               Memory& memory, int64_t count) {
  const reference::Function twin{row.info.name, settings};
  std::vector<double> expected;
  std::vector<double> moved;
  std::vector<reference::OptimizerState> states;
  for (int64_t i = 0; i < count; ++i) {
    reference::OptimizerState state{static_cast<double>(memory.states[0][i]),
                                    row.states > 1 ? static_cast<double>(memory.states[1][i]) : 0};
    const double before = static_cast<double>(memory.parameters[i]);
    const double gradient = static_cast<double>(memory.gradient[i]);
    expected.push_back(reference::Update(twin, step, before, gradient, state));
    moved.push_back(std::fabs(expected.back() - before));
    states.push_back(state);
  }
  memory.Update(row, settings, step, count);
  for (int64_t i = 0; i < count; ++i) {
    const size_t at = static_cast<size_t>(i);
    // The parameter is rounded up to three times, the step that is added has a relative error.
    const double bound = 3.0 * 0x1p-24 * std::fabs(expected[at]) + 2e-6 * moved[at] + 1e-12;
    EXPECT_NEAR(memory.parameters[i], expected[at], bound)
        << Describe(row, settings) << ", step " << step;
    const double first = states[at].first;
    EXPECT_NEAR(memory.states[0][i], first, 3e-7 * (std::fabs(first) + 1.0))
        << Describe(row, settings);
    if (row.states < 2) continue;
    const double second = states[at].second;
    EXPECT_NEAR(memory.states[1][i], second, 3e-7 * (std::fabs(second) + 1.0))
        << Describe(row, settings);
  }
}

TEST(OptimizersEqualTheirTwinsStepByStep) {
  Generator random(1);
  constexpr int64_t kCount = 4 * kMaxLanes;
  for (const OptimizerRow& row : Rows()) {
    for (int setting = 0; setting < 60; ++setting) {
      const std::vector<double> settings =
          setting == 0 ? DefaultParameters(row.info) : RandomParameters(row.info, random);
      Memory memory(kCount, random.Integer(0, 5));
      random.Fill(memory.parameters.data(), kCount, -1, 1);
      for (int s = 0; s < kMaxOptimizerStates; ++s) {
        for (int64_t i = 0; i < kCount; ++i) memory.states[s][i] = 0.0f;
      }
      for (int64_t step = 1; step <= 6; ++step) {
        random.Fill(memory.gradient.data(), kCount, -1, 1);
        CheckStep(row, settings, step, memory, kCount);
      }
    }
  }
}

TEST(OptimizersEqualTheirTwinsLateInTraining) {
  Generator random(2);
  constexpr int64_t kCount = 2 * kMaxLanes;
  for (const OptimizerRow& row : Rows()) {
    for (const int64_t step : {1000, 1000000}) {
      Memory memory(kCount, 0);
      random.Fill(memory.parameters.data(), kCount, -1, 1);
      random.Fill(memory.gradient.data(), kCount, -0.1, 0.1);
      random.Fill(memory.states[0].data(), kCount, -0.1, 0.1);
      random.Fill(memory.states[1].data(), kCount, 0.001, 0.01);
      CheckStep(row, DefaultParameters(row.info), step, memory, kCount);
    }
  }
}

TEST(OptimizersWriteNothingBesideTheirBlock) {
  for (const OptimizerRow& row : Rows()) {
    for (int64_t vectors = 0; vectors <= 3; ++vectors) {
      for (const int64_t misalignment : kMisalignments) {
        const int64_t count = vectors * kMaxLanes;
        Memory memory(count, misalignment);
        for (int64_t i = 0; i < count; ++i) {
          memory.parameters[i] = memory.gradient[i] = 0.5f;
          memory.states[0][i] = memory.states[1][i] = 0.0f;
        }
        memory.Update(row, DefaultParameters(row.info), 1, count);
        for (int64_t i = 0; i < count; ++i) EXPECT_LT(memory.parameters[i], 0.5f);
        EXPECT_TRUE(memory.parameters.GuardsAreIntact()) << row.info.name;
        EXPECT_TRUE(memory.gradient.GuardsAreIntact()) << row.info.name;
        EXPECT_TRUE(memory.states[0].GuardsAreIntact()) << row.info.name;
        EXPECT_TRUE(memory.states[1].GuardsAreIntact()) << row.info.name;
      }
    }
  }
}

// Padding of weights has zeros for parameter, gradient and states, and must keep them.
TEST(OptimizersKeepZerosAtTheEndsOfTheirRanges) {
  for (const OptimizerRow& row : Rows()) {
    std::vector<std::vector<double>> settings = {DefaultParameters(row.info)};
    for (size_t p = 0; p < row.info.parameters.size(); ++p) {
      const ParameterInfo& info = row.info.parameters[p];
      for (const double end : {info.minimum, info.maximum}) {
        std::vector<double> one = DefaultParameters(row.info);
        const bool exclusive =
            end == info.minimum ? info.minimum_exclusive : info.maximum_exclusive;
        one[p] = !std::isfinite(end) ? 1e30 : end;
        if (exclusive) one[p] = std::nextafter(end, end == info.minimum ? 1e30 : -1e30);
        settings.push_back(one);
      }
    }
    for (const std::vector<double>& one : settings) {
      Memory memory(kMaxLanes, 0);
      for (int64_t i = 0; i < kMaxLanes; ++i) {
        memory.parameters[i] = memory.gradient[i] = 0.0f;
        memory.states[0][i] = memory.states[1][i] = 0.0f;
      }
      for (int64_t step = 1; step <= 3; ++step) {
        memory.Update(row, one, step, kMaxLanes);
        for (int64_t i = 0; i < kMaxLanes; ++i) {
          EXPECT_EQ(memory.parameters[i], 0.0f) << Describe(row, one) << ", step " << step;
        }
      }
    }
  }
}

TEST(ANaNGradientReachesTheParameters) {
  for (const OptimizerRow& row : Rows()) {
    Memory memory(kMaxLanes, 0);
    for (int64_t i = 0; i < kMaxLanes; ++i) {
      memory.parameters[i] = 1.0f;
      memory.gradient[i] = std::nanf("");
      memory.states[0][i] = memory.states[1][i] = 0.0f;
    }
    memory.Update(row, DefaultParameters(row.info), 1, kMaxLanes);
    for (int64_t i = 0; i < kMaxLanes; ++i) EXPECT_TRUE(std::isnan(memory.parameters[i]));
  }
}

}  // namespace
}  // namespace layerwise::testing
