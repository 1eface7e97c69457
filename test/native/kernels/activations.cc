// The activation functions and their derivatives against the formulas that their rows document,
// with the bounds that the rows state. Everything that is registered is tested.
#include "native/kernels/activations.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "native/kernels/gemm.h"
#include "test/native/kernels/support.h"

namespace layerwise::testing {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();
constexpr double kLargestInput = 50;
// Exponentials below the smallest normal number are zero: results this small need not be exact.
constexpr double kNegligible = 1e-30;
// Beside the defaults, where a parameter does not multiply without rounding.
constexpr double kOtherParameters = 20;

std::span<const ActivationRow> Rows() { return ActivationsFor(SelectedInstructionSet()); }

// Parameters at which a row is tested: its defaults, and each boolean turned over.
std::vector<std::vector<double>> ParameterSets(const ActivationRow& row) {
  std::vector<std::vector<double>> sets = {DefaultParameters(row.info)};
  for (size_t i = 0; i < row.info.parameters.size(); ++i) {
    std::vector<double> turned = sets[0];
    turned[i] = row.info.parameters[i].is_boolean ? 1 - turned[i] : 0.75;
    sets.push_back(turned);
  }
  return sets;
}

// A row with parameters.
struct Case {
  const ActivationRow& row;
  std::vector<double> parameters;

  std::string Name() const {
    std::string name = row.info.name;
    for (const double parameter : parameters) name += " " + std::to_string(parameter);
    return name;
  }
  double Allowance() const {
    return parameters == DefaultParameters(row.info) ? 1 : kOtherParameters;
  }
  // As single precision has the parameters.
  reference::Function Twin() const {
    const std::vector<float> rounded = ToFloats(parameters);
    return {row.info.name, {rounded.begin(), rounded.end()}};
  }
};

std::vector<Case> ElementCases() {
  std::vector<Case> cases;
  for (const ActivationRow& row : Rows()) {
    if (row.scope != ActivationScope::kElement) continue;
    for (const std::vector<double>& set : ParameterSets(row)) cases.push_back({row, set});
  }
  return cases;
}

reference::Matrix RowOf(const std::vector<float>& values) {
  reference::Matrix m(1, static_cast<int64_t>(values.size()));
  for (size_t i = 0; i < values.size(); ++i) m.values[i] = static_cast<double>(values[i]);
  return m;
}

// f(x) in double precision. At an infinity where the formula gives no number it is the limit, which
// is reached long before the largest number.
std::vector<double> Exact(const Case& test, const std::vector<float>& x) {
  std::vector<double> y = reference::Activate(test.Twin(), RowOf(x)).values;
  for (size_t i = 0; i < x.size(); ++i) {
    if (!std::isnan(y[i]) || !std::isinf(x[i])) continue;
    const float largest = std::copysign(std::numeric_limits<float>::max(), x[i]);
    y[i] = reference::Activate(test.Twin(), RowOf({largest})).values[0];
  }
  return y;
}

// f over a padded copy of the values.
std::vector<float> Forward(const Case& test, const std::vector<float>& x) {
  const auto count = static_cast<int64_t>(x.size());
  const int64_t stride = RoundUp(count, kMaxLanes);
  std::vector<float> y(static_cast<size_t>(stride), 0.0f);
  std::copy(x.begin(), x.end(), y.begin());
  test.row.forward({y.data(), y.data(), stride, 1, count}, ToFloats(test.parameters).data());
  y.resize(x.size());
  return y;
}

// dL/dx for dL/df = `gradient` everywhere, after a forward pass.
std::vector<float> Backward(const Case& test, const std::vector<float>& x, float gradient) {
  const auto count = static_cast<int64_t>(x.size());
  const int64_t stride = RoundUp(count, kMaxLanes);
  const bool of_output = test.row.derivative_of == DerivativeOf::kOutput;
  std::vector<float> saved = of_output ? Forward(test, x) : x;
  saved.resize(static_cast<size_t>(stride), 0.0f);
  std::vector<float> dx(static_cast<size_t>(stride), gradient);
  test.row.backward({saved.data(), stride, dx.data(), stride, 1, count},
                    ToFloats(test.parameters).data());
  dx.resize(x.size());
  return dx;
}

// From -50 to 50, dense around zero.
std::vector<float> Inputs() {
  std::vector<float> inputs;
  for (double x = -kLargestInput; x <= kLargestInput; x += 0.01) {
    inputs.push_back(static_cast<float>(x));
  }
  Generator random(1);
  for (int i = 0; i < 5000; ++i) inputs.push_back(random.Float(-kLargestInput, kLargestInput));
  for (int i = 0; i < 5000; ++i) inputs.push_back(random.AnyMagnitude(-30, 5));
  return inputs;
}

TEST(TheFirstActivationIsLinear) { EXPECT_EQ(std::string(Rows()[0].info.name), "linear"); }

TEST(ActivationsOfElementsKeepTheirBounds) {
  const std::vector<float> x = Inputs();
  for (const Case& test : ElementCases()) {
    const std::vector<float> y = Forward(test, x);
    const std::vector<double> exact = Exact(test, x);
    double worst = 0;
    float worst_at = 0;
    for (size_t i = 0; i < x.size(); ++i) {
      const bool is_negligible = std::fabs(exact[i] - static_cast<double>(y[i])) < kNegligible;
      const double error = is_negligible ? 0 : UlpError(y[i], exact[i]);
      if (error > worst) {
        worst = error;
        worst_at = x[i];
      }
    }
    EXPECT_LE(worst, test.Allowance() * test.row.facts.ulp)
        << test.Name() << " ulp at " << worst_at;
  }
}

TEST(DerivativesOfActivationsKeepTheirBounds) {
  const std::vector<float> x = Inputs();
  constexpr float kGradient = -1.5f;
  for (const Case& test : ElementCases()) {
    const std::vector<float> dx = Backward(test, x, kGradient);
    reference::Matrix gradients = RowOf(x);
    gradients.values.assign(x.size(), static_cast<double>(kGradient));
    const std::vector<double> exact =
        reference::ActivationGradient(test.Twin(), RowOf(x), gradients).values;
    double worst = 0;
    float worst_at = 0;
    for (size_t i = 0; i < x.size(); ++i) {
      const double error = RelativeError(static_cast<double>(dx[i]), exact[i], 1.0);
      if (error > worst) {
        worst = error;
        worst_at = x[i];
      }
    }
    EXPECT_LE(worst, test.Allowance() * test.row.facts.derivative_error)
        << test.Name() << " at " << worst_at;
  }
}

// Against differences of the derivative, away from where it jumps.
TEST(SecondDerivativesOfActivationsAreThoseOfTheirFormulas) {
  constexpr double kStep = 1e-4;
  const std::vector<float> x = Inputs();
  for (const Case& test : ElementCases()) {
    const auto slopes_at = [&](double shift) {
      reference::Matrix moved = RowOf(x);
      for (double& value : moved.values) value += shift;
      reference::Matrix ones = moved;
      ones.values.assign(x.size(), 1.0);
      return reference::ActivationGradient(test.Twin(), moved, ones).values;
    };
    const std::vector<double> above = slopes_at(kStep);
    const std::vector<double> below = slopes_at(-kStep);
    const auto count = static_cast<int64_t>(x.size());
    const int64_t stride = RoundUp(count, kMaxLanes);
    std::vector<float> saved =
        test.row.derivative_of == DerivativeOf::kOutput ? Forward(test, x) : x;
    saved.resize(static_cast<size_t>(stride), 0.0f);
    std::vector<float> second(static_cast<size_t>(stride), 1.0f);
    const ActivationGradientBlock block{saved.data(), stride, second.data(), stride, 1, count};
    if (test.row.curve == nullptr) {
      second.assign(second.size(), 0.0f);
    } else {
      test.row.curve(block, ToFloats(test.parameters).data());
    }
    for (size_t i = 0; i < x.size(); ++i) {
      reference::Matrix one(1, 1);
      // Exact hits do not count as near: look from a step beside it.
      one.values[0] = static_cast<double>(x[i]) + kStep;
      if (reference::DistanceFromKinks(test.Twin(), one) < 3 * kStep) continue;
      const double exact = (above[i] - below[i]) / (2 * kStep);
      EXPECT_NEAR(second[i], exact, 2e-6 * test.Allowance() * std::max(1.0, std::fabs(exact)))
          << test.Name() << " at " << x[i];
    }
  }
}

TEST(ActivationsTreatZerosDenormalsAndInfinitiesAsTheirTwins) {
  const float tiny = std::numeric_limits<float>::denorm_min();
  const float denormal = 1e-39f;
  const float largest = std::numeric_limits<float>::max();
  const std::vector<float> x = {0.0f,      -0.0f,   tiny,     -tiny,     denormal,
                                -denormal, largest, -largest, kInfinity, -kInfinity};
  for (const Case& test : ElementCases()) {
    const std::vector<float> y = Forward(test, x);
    const std::vector<double> exact = Exact(test, x);
    for (size_t i = 0; i < x.size(); ++i) {
      if (std::fabs(exact[i]) > static_cast<double>(largest)) {
        EXPECT_EQ(y[i], std::copysign(kInfinity, exact[i] > 0 ? 1.0f : -1.0f))
            << test.Name() << " of " << x[i];
      } else {
        EXPECT_LE(UlpError(y[i], exact[i]), test.row.facts.ulp)
            << test.Name() << " of " << x[i] << " is " << y[i];
      }
    }
    // Far from zero the derivative is a number, too.
    for (const float dx : Backward(test, x, 1.0f)) EXPECT_TRUE(std::isfinite(dx)) << test.Name();
  }
}

TEST(ActivationsSaturateWithoutOverflow) {
  const std::vector<float> x = {1000.0f, -1000.0f, 1e30f, -1e30f};
  for (const ActivationRow& row : Rows()) {
    const std::string_view name = row.info.name;
    if (name != "sigmoid" && name != "tanh") continue;
    const std::vector<float> y = Forward({row, {}}, x);
    const float low = name == "tanh" ? -1.0f : 0.0f;
    for (size_t i = 0; i < x.size(); ++i) EXPECT_EQ(y[i], x[i] > 0 ? 1.0f : low) << name;
    for (const float dx : Backward({row, {}}, x, 1.0f)) EXPECT_EQ(dx, 0.0f) << name;
  }
}

void CheckNaN(const Case& test) {
  // In every lane of a vector and in the last odd ones.
  constexpr size_t kColumns = 2 * kMaxLanes + 3;
  for (size_t at = 0; at < kColumns; ++at) {
    std::vector<float> x(kColumns, 0.25f);
    x[at] = kNaN;
    EXPECT_TRUE(std::isnan(Forward(test, x)[at])) << test.Name() << " in column " << at;
    const std::vector<float> dx = Backward(test, std::vector<float>(kColumns, 0.25f), kNaN);
    EXPECT_TRUE(std::isnan(dx[at])) << "the gradient of " << test.Name();
  }
}

TEST(ANaNComesOutOfEveryActivation) {
  for (const ActivationRow& row : Rows()) {
    for (const std::vector<double>& parameters : ParameterSets(row)) CheckNaN({row, parameters});
  }
}

TEST(ActivationsWriteNothingBesideTheirBlock) {
  Generator random(2);
  for (const ActivationRow& row : Rows()) {
    const std::vector<float> parameters = ToFloats(DefaultParameters(row.info));
    for (int64_t columns = 1; columns <= 2 * kMaxLanes + 1; ++columns) {
      for (const int64_t misalignment : kMisalignments) {
        const int64_t padded = RoundUp(columns, kMaxLanes);
        const int64_t stride = padded + misalignment;
        constexpr int64_t kRows = 3;
        GuardedFloats x(kRows * stride, misalignment);
        GuardedFloats y(kRows * stride, misalignment);
        GuardedFloats dx(kRows * stride, misalignment);
        for (int64_t i = 0; i < kRows; ++i) {
          random.Fill(x.data() + i * stride, columns, -3, 3);
          random.Fill(dx.data() + i * stride, columns, -3, 3);
        }
        const std::vector<float> before(x.data(), x.data() + x.count());
        row.forward({x.data(), y.data(), stride, kRows, columns}, parameters.data());
        const float* saved = row.derivative_of == DerivativeOf::kOutput ? y.data() : x.data();
        row.backward({saved, stride, dx.data(), stride, kRows, columns}, parameters.data());
        EXPECT_TRUE(y.GuardsAreIntact()) << row.info.name;
        EXPECT_TRUE(dx.GuardsAreIntact()) << row.info.name;
        for (int64_t i = 0; i < x.count(); ++i) {
          EXPECT_TRUE(SameBits(x[i], before[static_cast<size_t>(i)])) << row.info.name;
          if (i % stride < padded) continue;
          EXPECT_TRUE(IsGuard(y[i])) << row.info.name << " beside a row of " << columns;
          EXPECT_TRUE(IsGuard(dx[i])) << row.info.name << " beside a row of " << columns;
        }
        for (int64_t i = 0; i < kRows; ++i) {
          for (int64_t j = 0; j < columns; ++j) {
            EXPECT_TRUE(std::isfinite(y[i * stride + j])) << row.info.name << " reads padding";
            EXPECT_TRUE(std::isfinite(dx[i * stride + j])) << row.info.name << " reads padding";
          }
        }
      }
    }
  }
}

TEST(ActivationsInPlaceGiveTheSameBits) {
  Generator random(3);
  for (const ActivationRow& row : Rows()) {
    const std::vector<float> parameters = ToFloats(DefaultParameters(row.info));
    constexpr int64_t kStride = 3 * kMaxLanes;
    constexpr int64_t kColumns = 2 * kMaxLanes + 5;
    GuardedFloats x(2 * kStride);
    random.Fill(x.data(), x.count(), -3, 3);
    GuardedFloats y(2 * kStride);
    row.forward({x.data(), y.data(), kStride, 2, kColumns}, parameters.data());
    row.forward({x.data(), x.data(), kStride, 2, kColumns}, parameters.data());
    for (int64_t i = 0; i < 2; ++i) {
      for (int64_t j = 0; j < kColumns; ++j) {
        EXPECT_TRUE(SameBits(x[i * kStride + j], y[i * kStride + j])) << row.info.name;
      }
    }
  }
}

// Rows with nothing between them are computed as one; rows apart are not.
TEST(ActivationsGiveTheSameBitsHoweverFarTheRowsAreApart) {
  constexpr int64_t kRows = 3;
  const int64_t lanes = GemmKernelsFor(SelectedInstructionSet()).lanes;
  Generator random(12);
  for (const ActivationRow& row : Rows()) {
    if (row.scope == ActivationScope::kRow) continue;
    const std::vector<float> parameters = ToFloats(DefaultParameters(row.info));
    for (int64_t columns = 1; columns <= 2 * kMaxLanes; ++columns) {
      const int64_t apart = RoundUp(columns, kMaxLanes) + 4;
      GuardedFloats x(kRows * apart);
      GuardedFloats dx(kRows * apart);
      random.Fill(x.data(), x.count(), -3, 3);
      random.Fill(dx.data(), dx.count(), -3, 3);
      const int64_t close = RoundUp(columns, lanes);
      GuardedFloats close_x(kRows * close);
      GuardedFloats close_dx(kRows * close);
      for (int64_t i = 0; i < kRows; ++i) {
        std::copy_n(x.data() + i * apart, close, close_x.data() + i * close);
        std::copy_n(dx.data() + i * apart, close, close_dx.data() + i * close);
      }
      GuardedFloats y = x;
      GuardedFloats slopes = dx;
      GuardedFloats close_slopes = close_dx;
      row.backward({x.data(), apart, slopes.data(), apart, kRows, columns}, parameters.data());
      row.backward({close_x.data(), close, close_slopes.data(), close, kRows, columns},
                   parameters.data());
      // The values that are saved and their gradients need not be equally far apart.
      row.backward({x.data(), apart, close_dx.data(), close, kRows, columns}, parameters.data());
      row.forward({y.data(), y.data(), apart, kRows, columns}, parameters.data());
      row.forward({close_x.data(), close_x.data(), close, kRows, columns}, parameters.data());
      for (int64_t i = 0; i < kRows; ++i) {
        for (int64_t j = 0; j < columns; ++j) {
          const int64_t at = i * apart + j;
          const int64_t close_at = i * close + j;
          EXPECT_TRUE(SameBits(y[at], close_x[close_at])) << row.info.name;
          EXPECT_TRUE(SameBits(slopes[at], close_slopes[close_at])) << row.info.name;
          EXPECT_TRUE(SameBits(slopes[at], close_dx[close_at])) << row.info.name;
        }
      }
    }
  }
}

// ---- Whole rows ----

std::vector<Case> RowCases() {
  std::vector<Case> cases;
  for (const ActivationRow& row : Rows()) {
    if (row.scope == ActivationScope::kRow) cases.push_back({row, DefaultParameters(row.info)});
  }
  return cases;
}

TEST(ActivationsOfRowsKeepTheirBounds) {
  Generator random(7);
  for (const Case& test : RowCases()) {
    for (int64_t columns = 1; columns <= 3 * kMaxLanes + 1; ++columns) {
      std::vector<float> x(static_cast<size_t>(columns));
      random.Fill(x.data(), columns, -kLargestInput, kLargestInput);
      const std::vector<float> y = Forward(test, x);
      const std::vector<double> exact = Exact(test, x);
      for (size_t j = 0; j < x.size(); ++j) {
        EXPECT_NEAR(y[j], exact[j], 1e-6 * std::max(1.0, std::fabs(exact[j])))
            << test.Name() << ", " << columns << " columns, column " << j;
      }
    }
  }
}

TEST(ActivationsOfRowsIgnoreAndClearThePadding) {
  Generator random(5);
  for (const Case& test : RowCases()) {
    for (int64_t columns = 1; columns <= 2 * kMaxLanes + 1; ++columns) {
      const int64_t stride = RoundUp(columns, kMaxLanes);
      GuardedFloats x(stride);  // NaN beyond the last column
      random.Fill(x.data(), columns, -3, 3);
      GuardedFloats y(stride);
      GuardedFloats dx(stride);
      random.Fill(dx.data(), columns, -3, 3);
      const std::vector<float> parameters = ToFloats(test.parameters);
      test.row.forward({x.data(), y.data(), stride, 1, columns}, parameters.data());
      test.row.backward({y.data(), stride, dx.data(), stride, 1, columns}, parameters.data());
      for (int64_t j = columns; j < stride; ++j) {
        // Whole vectors of the set in use; what lies beyond is not its business.
        EXPECT_TRUE(y[j] == 0.0f || IsGuard(y[j])) << test.Name() << ", " << columns;
        EXPECT_TRUE(dx[j] == 0.0f || IsGuard(dx[j])) << test.Name() << ", " << columns;
      }
    }
  }
}

TEST(GradientsOfActivationsOfRowsEqualTheJacobian) {
  Generator random(6);
  for (const Case& test : RowCases()) {
    for (int64_t columns = 1; columns <= 2 * kMaxLanes + 1; ++columns) {
      const int64_t stride = RoundUp(columns, kMaxLanes);
      std::vector<float> x(static_cast<size_t>(columns));
      std::vector<float> df(static_cast<size_t>(columns));
      random.Fill(x.data(), columns, -3, 3);
      random.Fill(df.data(), columns, -3, 3);
      std::vector<float> y = Forward(test, x);
      y.resize(static_cast<size_t>(stride), 0.0f);
      std::vector<float> dx = df;
      dx.resize(static_cast<size_t>(stride), 0.0f);
      test.row.backward({y.data(), stride, dx.data(), stride, 1, columns}, nullptr);
      const reference::Matrix exact =
          reference::ActivationGradient(test.Twin(), RowOf(x), RowOf(df));
      for (size_t j = 0; j < x.size(); ++j) {
        EXPECT_NEAR(dx[j], exact.values[j], 4e-6)
            << test.Name() << ", " << columns << " columns, column " << j;
      }
    }
  }
}

TEST(ActivationsOfRowsWithoutALimitAreNaNEverywhere) {
  for (const Case& test : RowCases()) {
    if (std::string_view(test.row.info.name) == "topK") continue;  // computes with no number
    for (const float bad : {kInfinity, kNaN}) {
      for (const float y : Forward(test, {1.0f, bad, 2.0f})) {
        EXPECT_TRUE(std::isnan(y)) << test.Name() << " of " << bad;
      }
    }
    for (const float y : Forward(test, {-kInfinity, -kInfinity})) EXPECT_TRUE(std::isnan(y));
  }
}

// ---- Softmax ----

Case Softmax() {
  for (const Case& test : RowCases()) {
    if (std::string_view(test.row.info.name) == "softmax") return test;
  }
  throw std::runtime_error("no softmax");
}

void CheckSoftmax(const std::vector<float>& x) {
  const std::vector<float> y = Forward(Softmax(), x);
  const reference::Matrix exact = reference::Activate({"softmax", {}}, RowOf(x));
  const double largest = static_cast<double>(*std::max_element(x.begin(), x.end()));
  double sum = 0;
  for (size_t j = 0; j < x.size(); ++j) {
    // The difference from the largest is rounded before its exponential is taken. What is below the
    // smallest normal number may be lost.
    const double bound = 1e-6 + 0x1p-24 * (largest - static_cast<double>(x[j]));
    EXPECT_NEAR(y[j], exact.values[j], std::max(bound * exact.values[j], 1.2e-38))
        << x.size() << " columns, column " << j;
    sum += static_cast<double>(y[j]);
  }
  EXPECT_NEAR(sum, 1.0, 1e-6) << x.size() << " columns";
}

TEST(SoftmaxKeepsItsBound) {
  Generator random(4);
  for (int64_t columns = 1; columns <= 3 * kMaxLanes + 1; ++columns) {
    for (const double spread : {1.0, 10.0, 80.0}) {
      std::vector<float> x(static_cast<size_t>(columns));
      random.Fill(x.data(), columns, -spread, spread);
      CheckSoftmax(x);
    }
  }
  std::vector<float> wide(10000);
  random.Fill(wide.data(), static_cast<int64_t>(wide.size()), -5, 5);
  CheckSoftmax(wide);
}

TEST(SoftmaxOfHugeInputsNeitherOverflowsNorVanishes) {
  for (const float huge : {1e4f, 1e30f, 3e38f}) {
    CheckSoftmax({huge, 0.0f, -huge, 1.0f, huge});
    CheckSoftmax({-huge, -huge, -huge});
    CheckSoftmax({-huge});
  }
  CheckSoftmax({1e4f, 1e4f - 1.0f, 1e4f - 2.0f, 9e3f});
}

TEST(SoftmaxOfMinusInfinityIsZero) {
  const std::vector<float> y = Forward(Softmax(), {1.0f, -kInfinity, 1.0f, -kInfinity});
  EXPECT_EQ(y[0], 0.5f);
  EXPECT_EQ(y[1], 0.0f);
  EXPECT_EQ(y[3], 0.0f);
}

}  // namespace
}  // namespace layerwise::testing
