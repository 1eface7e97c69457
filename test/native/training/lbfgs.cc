// L-BFGS and its line search on functions whose minimum is known, and as a way to train.
#include <cmath>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "native/network/network.h"
#include "native/training/lbfgs.h"
#include "native/training/line_search.h"
#include "native/training/run.h"
#include "test/native/plan/support.h"

namespace layerwise::testing {
namespace {

using Vector = Lbfgs::Vector;

struct Search {
  Vector point;
  int iterations = 0;
  Lbfgs::Outcome outcome = Lbfgs::Outcome::kMoved;
};

Search Minimise(const Lbfgs::Objective& objective, Vector point, int most_iterations) {
  Lbfgs lbfgs(DefaultParameters(LbfgsInfo()));
  Search search{std::move(point)};
  Vector gradient(search.point.size());
  while (search.outcome == Lbfgs::Outcome::kMoved && search.iterations < most_iterations) {
    ++search.iterations;
    const double value = *objective(search.point, gradient);
    search.outcome = lbfgs.Iterate(objective, value, gradient, search.point);
  }
  return search;
}

std::optional<double> Rosenbrock(const Vector& at, Vector& gradient) {
  const double x = at[0];
  const double y = at[1];
  gradient[0] = static_cast<float>(-400.0 * x * (y - x * x) - 2.0 * (1.0 - x));
  gradient[1] = static_cast<float>(200.0 * (y - x * x));
  return 100.0 * (y - x * x) * (y - x * x) + (1.0 - x) * (1.0 - x);
}

TEST(LbfgsFindsTheBottomOfRosenbrocksValley) {
  const Search search = Minimise(Rosenbrock, {-1.2f, 1.0f}, 100);
  EXPECT_NEAR(search.point[0], 1.0, 1e-3);
  EXPECT_NEAR(search.point[1], 1.0, 2e-3);
  EXPECT_TRUE(search.outcome == Lbfgs::Outcome::kConverged);
}

TEST(LbfgsSolvesAnUnevenQuadraticInAboutAsManyIterationsAsItHasDimensions) {
  constexpr int kDimensions = 8;
  const auto objective = [](const Vector& at, Vector& gradient) -> std::optional<double> {
    double value = 0;
    for (size_t i = 0; i < at.size(); ++i) {
      const double scale = std::exp2(static_cast<double>(i));
      value += 0.5 * scale * static_cast<double>(at[i]) * static_cast<double>(at[i]);
      gradient[i] = static_cast<float>(scale) * at[i];
    }
    return value;
  };
  const Search search = Minimise(objective, Vector(kDimensions, 1.0f), 40);
  EXPECT_LT(search.iterations, 40);
  for (const float x : search.point) EXPECT_NEAR(x, 0.0, 1e-3);
}

TEST(LbfgsEndsWhereItsObjectiveEnds) {
  int calls = 0;
  const auto objective = [&](const Vector& at, Vector& gradient) -> std::optional<double> {
    if (++calls > 1) return std::nullopt;
    return Rosenbrock(at, gradient);
  };
  const Search search = Minimise(objective, {-1.2f, 1.0f}, 10);
  EXPECT_TRUE(search.outcome == Lbfgs::Outcome::kStopped);
  EXPECT_EQ(search.point[0], -1.2f);
}

TEST(TheLineSearchSatisfiesTheStrongWolfeConditions) {
  // Minima before, at and far behind the first step, and values that overflow on the way.
  for (const double minimum : {0.01, 0.3, 1.0, 4.0, 50.0}) {
    for (const double wall : {HUGE_VAL, 0.8 + minimum}) {
      const auto at = [&](double t) -> std::optional<LinePoint> {
        if (t > wall) return LinePoint{t, HUGE_VAL, 0.0};
        const double x = t - minimum;
        return LinePoint{t, x * x * x * x + x * x, 4.0 * x * x * x + 2.0 * x};
      };
      const LinePoint start = *at(0.0);
      const LinePoint found = *SearchLine(at, start, 1.0, 1.0);
      EXPECT_TRUE(found.value <= start.value + 1e-4 * found.step * start.slope) << minimum;
      EXPECT_TRUE(std::fabs(found.slope) <= 0.9 * std::fabs(start.slope)) << minimum;
    }
  }
}

Value Options(int64_t epochs, int64_t batch_size) {
  return RunOptions(epochs, batch_size, "lbfgs", "meanSquaredError");
}

TEST(LbfgsTrainsTheSameWithBatchesOfAnySize) {
  const std::shared_ptr<Dataset> data = RandomData(23, 5, "matrix", 2, 1);
  std::vector<float> expected;
  for (const int64_t batch_size : {23, 10, 3}) {
    auto network = std::make_shared<Network>(Spec(5, {Dense(6, "tanh"), Dense(2, "linear")}));
    Run run(network, data, nullptr, Options(6, batch_size));
    RecordingSink sink;
    const RecordedHistory history = Execute(run, sink);
    for (size_t i = 1; i < history.epochs.size(); ++i) {
      EXPECT_LT(history.epochs[i].training.loss, history.epochs[i - 1].training.loss);
    }
    const std::vector<float> actual = AllParameters(*network);
    if (expected.empty()) expected = actual;
    for (size_t i = 0; i < actual.size(); ++i) EXPECT_NEAR(actual[i], expected[i], 2e-3);
  }
}

TEST(LbfgsEndsARunThatHasConverged) {
  // A linear network without a residue: least squares.
  const std::shared_ptr<Dataset> data = RandomData(30, 4, "matrix", 1, 2);
  auto network = std::make_shared<Network>(Spec(4, {Dense(1, "linear")}));
  Run run(network, data, nullptr, Options(1000, 30));
  RecordingSink sink;
  const RecordedHistory history = Execute(run, sink);
  EXPECT_TRUE(history.converged);
  EXPECT_LT(history.epochs.size(), 60U);
  // At the minimum the residues have no mean, as there is a bias.
  const std::vector<float> weights = ParameterValues(*network, "0.weight");
  double mean = 0;
  for (int64_t i = 0; i < 30; ++i) {
    double output = static_cast<double>(ParameterValues(*network, "0.bias")[0]);
    for (size_t j = 0; j < 4; ++j) {
      output += static_cast<double>(weights[j]) *
                static_cast<double>(data->float_inputs()[i * 4 + static_cast<int64_t>(j)]);
    }
    mean += (output - static_cast<double>(data->float_targets()[i])) / 30.0;
  }
  EXPECT_NEAR(mean, 0.0, 1e-4);
}

TEST(LbfgsGivesTheSameBitsWithAnyNumberOfThreads) {
  const std::shared_ptr<Dataset> data = RandomData(290, 300, "matrix", 40, 3);
  std::vector<float> expected;
  for (int threads = 1; threads <= 3; ++threads) {
    auto network = std::make_shared<Network>(
        Spec(300, {Dense(150, "relu"), BatchNormalisation(), Dense(40, "linear")}));
    Value options = Options(2, 128);
    options.Set("threads", threads);
    Run run(network, data, nullptr, options);
    RecordingSink sink;
    run.Execute(sink);
    const std::vector<float> actual = AllParameters(*network);
    if (expected.empty()) expected = actual;
    EXPECT_TRUE(actual == expected) << threads << " threads";
  }
}

TEST(OptionsThatLbfgsHasNoUseForAreRefused) {
  const std::shared_ptr<Dataset> data = RandomData(10, 4, "matrix", 1, 4);
  auto network = std::make_shared<Network>(Spec(4, {Dense(1, "linear")}));
  const std::vector<std::pair<const char*, Value>> cases = {
      {"schedule", "cosine"},
      {"accumulateBatches", 2},
      {"gradientClipping", Value::Object{{"norm", 1}}},
      {"averaging", Value::Object{{"decay", 0.9}}}};
  for (const auto& [name, value] : cases) {
    Value options = Options(1, 10);
    options.Set(name, value);
    EXPECT_THROWS(Run(network, data, nullptr, options), name);
  }
}

}  // namespace
}  // namespace layerwise::testing
