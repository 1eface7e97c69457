// One step of every optimizer against its naive twin.
#include "native/kernels/optimizers.h"

#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "test/native/kernels/support.h"

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
  // Close to zero, the variance of a centered mean would be a difference of equal numbers.
  if (name == "alpha") return random.Uniform(0.6, 0.99);
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

// Parameters, gradients and states of one optimizer before its first step, in guarded memory.
struct Memory {
  Memory(const OptimizerRow& row, const std::vector<double>& settings, int64_t count,
         int64_t misalignment)
      : parameters(count, misalignment), gradient(count, misalignment) {
    const OptimizerStart start =
        row.start == nullptr ? OptimizerStart() : row.start(settings.data());
    for (int s = 0; s < row.states; ++s) {
      states.emplace_back(count, misalignment);
      for (int64_t i = 0; i < count; ++i) states.back()[i] = start.values[s];
    }
  }

  void Fill(float parameter, float slope, int64_t count) {
    for (int64_t i = 0; i < count; ++i) {
      parameters[i] = parameter;
      gradient[i] = slope;
    }
  }

  void Update(const OptimizerRow& row, const std::vector<double>& settings, int64_t step,
              int64_t count) {
    OptimizerBlock block;
    block.parameters = parameters.data();
    block.gradient = gradient.data();
    for (size_t s = 0; s < states.size(); ++s) block.states[s] = states[s].data();
    block.count = count;
    row.update(block, row.prepare(settings.data(), step));
  }

  reference::OptimizerState StateOf(int64_t i) {
    reference::OptimizerState state;
    for (size_t s = 0; s < states.size(); ++s) {
      state.values[s] = static_cast<double>(states[s][i]);
    }
    return state;
  }

  GuardedFloats parameters;
  GuardedFloats gradient;
  std::vector<GuardedFloats> states;
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
    reference::OptimizerState state = memory.StateOf(i);
    const double before = static_cast<double>(memory.parameters[i]);
    const double gradient = static_cast<double>(memory.gradient[i]);
    expected.push_back(reference::Update(twin, step, before, gradient, state));
    moved.push_back(std::fabs(expected.back() - before));
    states.push_back(state);
  }
  memory.Update(row, settings, step, count);
  for (int64_t i = 0; i < count; ++i) {
    const size_t at = static_cast<size_t>(i);
    // The parameter is rounded up to three times; the step that is added has a relative error, and
    // may be what is left of gradients and states about one.
    const double bound =
        3.0 * 0x1p-24 * std::fabs(expected[at]) + 2e-6 * moved[at] + 1e-6 * settings[0] + 1e-12;
    EXPECT_NEAR(memory.parameters[i], expected[at], bound)
        << Describe(row, settings) << ", step " << step;
    for (int state = 0; state < row.states; ++state) {
      const double exact = states[at].values[state];
      EXPECT_NEAR(memory.states[static_cast<size_t>(state)][i], exact,
                  2e-6 * (std::fabs(exact) + 0.5))
          << Describe(row, settings) << ", state " << state;
    }
  }
}

TEST(OptimizersEqualTheirTwinsStepByStep) {
  Generator random(1);
  constexpr int64_t kCount = 4 * kMaxLanes;
  for (const OptimizerRow& row : Rows()) {
    for (int setting = 0; setting < 60; ++setting) {
      const std::vector<double> settings =
          setting == 0 ? DefaultParameters(row.info) : RandomParameters(row.info, random);
      Memory memory(row, settings, kCount, random.Integer(0, 5));
      random.Fill(memory.parameters.data(), kCount, -1, 1);
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
    const std::vector<double> settings = DefaultParameters(row.info);
    for (const int64_t step : {1000, 1000000}) {
      Memory memory(row, settings, kCount, 0);
      random.Fill(memory.parameters.data(), kCount, -1, 1);
      constexpr int64_t kStepsBefore = 20;
      for (int64_t before = step - kStepsBefore; before < step; ++before) {
        random.Fill(memory.gradient.data(), kCount, -0.1, 0.1);
        memory.Update(row, settings, before, kCount);
      }
      random.Fill(memory.gradient.data(), kCount, -0.1, 0.1);
      CheckStep(row, settings, step, memory, kCount);
    }
  }
}

TEST(OptimizersWriteNothingBesideTheirBlock) {
  for (const OptimizerRow& row : Rows()) {
    for (int64_t vectors = 0; vectors <= 3; ++vectors) {
      for (const int64_t misalignment : kMisalignments) {
        const int64_t count = vectors * kMaxLanes;
        const std::vector<double> settings = DefaultParameters(row.info);
        Memory memory(row, settings, count, misalignment);
        memory.Fill(0.5f, 0.5f, count);
        memory.Update(row, settings, 1, count);
        for (int64_t i = 0; i < count; ++i) EXPECT_LT(memory.parameters[i], 0.5f);
        EXPECT_TRUE(memory.parameters.GuardsAreIntact()) << row.info.name;
        EXPECT_TRUE(memory.gradient.GuardsAreIntact()) << row.info.name;
        for (const GuardedFloats& state : memory.states) {
          EXPECT_TRUE(state.GuardsAreIntact()) << row.info.name;
        }
      }
    }
  }
}

// Padding of weights has zeros for parameter and gradient, and must stay zero.
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
      Memory memory(row, one, kMaxLanes, 0);
      memory.Fill(0.0f, 0.0f, kMaxLanes);
      for (int64_t step = 1; step <= 3; ++step) {
        memory.Update(row, one, step, kMaxLanes);
        for (int64_t i = 0; i < kMaxLanes; ++i) {
          EXPECT_EQ(memory.parameters[i], 0.0f) << Describe(row, one) << ", step " << step;
        }
      }
    }
  }
}

TEST(TheLearningRateIsTheFirstParameter) {
  for (const OptimizerRow& row : Rows()) {
    EXPECT_EQ(std::string(row.info.parameters[0].name), "learningRate") << row.info.name;
  }
}

TEST(ANaNGradientReachesTheParameters) {
  for (const OptimizerRow& row : Rows()) {
    const std::vector<double> settings = DefaultParameters(row.info);
    Memory memory(row, settings, kMaxLanes, 0);
    memory.Fill(1.0f, std::nanf(""), kMaxLanes);
    memory.Update(row, settings, 1, kMaxLanes);
    for (int64_t i = 0; i < kMaxLanes; ++i) EXPECT_TRUE(std::isnan(memory.parameters[i]));
  }
}

}  // namespace
}  // namespace layerwise::testing
