// The activation functions and their derivatives against their naive twins, with stated bounds.
#include "native/kernels/activations.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "test/native/kernels_support.h"

namespace layerwise::testing {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();
constexpr double kLargestInput = 50;

struct Bounds {
  std::string_view name;
  double forward_ulp;
  // Of the derivative, relative to it or to 1: where it is computed from f(x) and tends to zero it
  // keeps only the precision of f(x).
  double derivative;
};

constexpr Bounds kBounds[] = {
    {"linear", 0, 0}, {"sigmoid", 3, 2e-7},     {"tanh", 6, 1e-6},
    {"relu", 0, 0},   {"leakyRelu", 0.5, 1e-8}, {"softmax", 0, 0},
};

Bounds BoundsOf(const ActivationRow& row) {
  for (const Bounds& bounds : kBounds) {
    if (bounds.name == row.info.name) return bounds;
  }
  throw std::runtime_error(std::string("state the bounds of ") + row.info.name);
}

std::span<const ActivationRow> Rows() { return ActivationsFor(SelectedInstructionSet()); }

reference::Function Twin(const ActivationRow& row) {
  return {row.info.name, DefaultParameters(row.info)};
}

std::vector<float> ParametersOf(const ActivationRow& row) {
  return ToFloats(DefaultParameters(row.info));
}

// f(x) as the parameters in single precision have it.
double Exact(const ActivationRow& row, float x) {
  reference::Matrix m(1, 1);
  m.At(0, 0) = static_cast<double>(x);
  reference::Function twin = Twin(row);
  for (double& p : twin.parameters) p = static_cast<double>(static_cast<float>(p));
  return reference::Activate(twin, m).At(0, 0);
}

double ExactDerivative(const ActivationRow& row, float x) {
  reference::Matrix m(1, 1);
  reference::Matrix one(1, 1);
  m.At(0, 0) = static_cast<double>(x);
  one.At(0, 0) = 1.0;
  return reference::ActivationGradient(Twin(row), m, one).At(0, 0);
}

// f over a padded copy of the values.
std::vector<float> Forward(const ActivationRow& row, const std::vector<float>& x) {
  const auto count = static_cast<int64_t>(x.size());
  const int64_t stride = RoundUp(count, kMaxLanes);
  std::vector<float> y(static_cast<size_t>(stride), 0.0f);
  std::copy(x.begin(), x.end(), y.begin());
  row.forward({y.data(), y.data(), stride, 1, count}, ParametersOf(row).data());
  y.resize(x.size());
  return y;
}

// dL/dx for dL/df = `gradient` everywhere, after a forward pass.
std::vector<float> Backward(const ActivationRow& row, const std::vector<float>& x, float gradient) {
  const auto count = static_cast<int64_t>(x.size());
  const int64_t stride = RoundUp(count, kMaxLanes);
  std::vector<float> saved = row.derivative_of == DerivativeOf::kOutput ? Forward(row, x) : x;
  saved.resize(static_cast<size_t>(stride), 0.0f);
  std::vector<float> dx(static_cast<size_t>(stride), gradient);
  row.backward({saved.data(), stride, dx.data(), stride, 1, count}, ParametersOf(row).data());
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

TEST(EveryActivationHasATwinAndBounds) {
  EXPECT_EQ(std::string(Rows()[0].info.name), "linear");
  for (const ActivationRow& row : Rows()) {
    EXPECT_EQ(BoundsOf(row).name, std::string_view(row.info.name));
    EXPECT_TRUE(std::isfinite(Exact(row, 0.5f))) << row.info.name;
  }
}

TEST(ActivationsOfElementsKeepTheirBounds) {
  const std::vector<float> x = Inputs();
  for (const ActivationRow& row : Rows()) {
    if (row.scope != ActivationScope::kElement) continue;
    const std::vector<float> y = Forward(row, x);
    double worst = 0;
    float worst_at = 0;
    for (size_t i = 0; i < x.size(); ++i) {
      const double error = UlpError(y[i], Exact(row, x[i]));
      if (error > worst) {
        worst = error;
        worst_at = x[i];
      }
    }
    EXPECT_LE(worst, BoundsOf(row).forward_ulp) << row.info.name << " ulp at " << worst_at;
  }
}

TEST(DerivativesOfActivationsKeepTheirBounds) {
  const std::vector<float> x = Inputs();
  constexpr float kGradient = -1.5f;
  for (const ActivationRow& row : Rows()) {
    if (row.scope != ActivationScope::kElement) continue;
    const std::vector<float> dx = Backward(row, x, kGradient);
    double worst = 0;
    float worst_at = 0;
    for (size_t i = 0; i < x.size(); ++i) {
      const double exact = static_cast<double>(kGradient) * ExactDerivative(row, x[i]);
      const double error = RelativeError(static_cast<double>(dx[i]), exact, 1.0);
      if (error > worst) {
        worst = error;
        worst_at = x[i];
      }
    }
    EXPECT_LE(worst, BoundsOf(row).derivative) << row.info.name << " at " << worst_at;
  }
}

TEST(ActivationsTreatZerosDenormalsAndInfinitiesAsTheirTwins) {
  const float tiny = std::numeric_limits<float>::denorm_min();
  const float denormal = 1e-39f;
  const float largest = std::numeric_limits<float>::max();
  const std::vector<float> x = {0.0f,      -0.0f,   tiny,     -tiny,     denormal,
                                -denormal, largest, -largest, kInfinity, -kInfinity};
  for (const ActivationRow& row : Rows()) {
    if (row.scope != ActivationScope::kElement) continue;
    const std::vector<float> y = Forward(row, x);
    for (size_t i = 0; i < x.size(); ++i) {
      const double exact = Exact(row, x[i]);
      if (std::isinf(exact)) {
        EXPECT_EQ(static_cast<double>(y[i]), exact) << row.info.name << " of " << x[i];
      } else {
        EXPECT_LE(UlpError(y[i], exact), BoundsOf(row).forward_ulp)
            << row.info.name << " of " << x[i] << " is " << y[i];
      }
    }
  }
}

TEST(ActivationsSaturateWithoutOverflow) {
  const std::vector<float> x = {1000.0f, -1000.0f, 1e30f, -1e30f};
  for (const ActivationRow& row : Rows()) {
    const std::string_view name = row.info.name;
    if (name != "sigmoid" && name != "tanh") continue;
    const std::vector<float> y = Forward(row, x);
    const float low = name == "tanh" ? -1.0f : 0.0f;
    for (size_t i = 0; i < x.size(); ++i) EXPECT_EQ(y[i], x[i] > 0 ? 1.0f : low) << name;
    for (const float dx : Backward(row, x, 1.0f)) EXPECT_EQ(dx, 0.0f) << name;
  }
}

TEST(ANaNComesOutOfEveryActivation) {
  for (const ActivationRow& row : Rows()) {
    // In every lane of a vector and in the last odd ones.
    constexpr size_t kColumns = 2 * kMaxLanes + 3;
    for (size_t at = 0; at < kColumns; ++at) {
      std::vector<float> x(kColumns, 0.25f);
      x[at] = kNaN;
      const std::vector<float> y = Forward(row, x);
      EXPECT_TRUE(std::isnan(y[at])) << row.info.name << " in column " << at;
      const std::vector<float> dx = Backward(row, std::vector<float>(kColumns, 0.25f), kNaN);
      EXPECT_TRUE(std::isnan(dx[at])) << "the gradient of " << row.info.name;
    }
  }
}

TEST(ActivationsWriteNothingBesideTheirBlock) {
  Generator random(2);
  for (const ActivationRow& row : Rows()) {
    const std::vector<float> parameters = ParametersOf(row);
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
    const std::vector<float> parameters = ParametersOf(row);
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

// ---- Softmax ----

const ActivationRow& SoftmaxActivation() {
  for (const ActivationRow& row : Rows()) {
    if (std::string_view(row.info.name) == "softmax") return row;
  }
  throw std::runtime_error("no softmax");
}

reference::Matrix RowOf(const std::vector<float>& values) {
  reference::Matrix m(1, static_cast<int64_t>(values.size()));
  for (size_t i = 0; i < values.size(); ++i) m.values[i] = static_cast<double>(values[i]);
  return m;
}

void CheckSoftmax(const std::vector<float>& x) {
  const std::vector<float> y = Forward(SoftmaxActivation(), x);
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
  const std::vector<float> y = Forward(SoftmaxActivation(), {1.0f, -kInfinity, 1.0f, -kInfinity});
  EXPECT_EQ(y[0], 0.5f);
  EXPECT_EQ(y[1], 0.0f);
  EXPECT_EQ(y[3], 0.0f);
}

TEST(SoftmaxWithoutALimitIsNaNEverywhere) {
  for (const float bad : {kInfinity, kNaN}) {
    for (const float y : Forward(SoftmaxActivation(), {1.0f, bad, 2.0f})) {
      EXPECT_TRUE(std::isnan(y)) << "of " << bad;
    }
  }
  for (const float y : Forward(SoftmaxActivation(), {-kInfinity, -kInfinity})) {
    EXPECT_TRUE(std::isnan(y));
  }
}

TEST(SoftmaxIgnoresAndClearsThePadding) {
  Generator random(5);
  const ActivationRow& row = SoftmaxActivation();
  for (int64_t columns = 1; columns <= 2 * kMaxLanes + 1; ++columns) {
    const int64_t stride = RoundUp(columns, kMaxLanes);
    GuardedFloats x(stride);  // NaN beyond the last column
    random.Fill(x.data(), columns, -3, 3);
    GuardedFloats y(stride);
    GuardedFloats dx(stride);
    random.Fill(dx.data(), columns, -3, 3);
    row.forward({x.data(), y.data(), stride, 1, columns}, nullptr);
    row.backward({y.data(), stride, dx.data(), stride, 1, columns}, nullptr);
    for (int64_t j = columns; j < stride; ++j) {
      // Whole vectors of the set in use; what lies beyond is not its business.
      EXPECT_TRUE(y[j] == 0.0f || IsGuard(y[j])) << columns << " columns";
      EXPECT_TRUE(dx[j] == 0.0f || IsGuard(dx[j])) << columns << " columns";
    }
  }
}

TEST(SoftmaxGradientEqualsTheJacobian) {
  Generator random(6);
  const ActivationRow& row = SoftmaxActivation();
  for (int64_t columns = 1; columns <= 2 * kMaxLanes + 1; ++columns) {
    const int64_t stride = RoundUp(columns, kMaxLanes);
    std::vector<float> x(static_cast<size_t>(columns));
    std::vector<float> df(static_cast<size_t>(columns));
    random.Fill(x.data(), columns, -3, 3);
    random.Fill(df.data(), columns, -3, 3);
    std::vector<float> y = Forward(row, x);
    y.resize(static_cast<size_t>(stride), 0.0f);
    std::vector<float> dx = df;
    dx.resize(static_cast<size_t>(stride), 0.0f);
    row.backward({y.data(), stride, dx.data(), stride, 1, columns}, nullptr);
    const reference::Matrix exact =
        reference::ActivationGradient({"softmax", {}}, RowOf(x), RowOf(df));
    for (size_t j = 0; j < x.size(); ++j) {
      EXPECT_NEAR(dx[j], exact.values[j], 2e-6) << columns << " columns, column " << j;
    }
  }
}

}  // namespace
}  // namespace layerwise::testing
