// Parameters: between the layout of their shapes and panels, their names, their initial values.
#include "native/network/parameters.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "native/layers/initializers.h"
#include "native/network/network.h"
#include "test/native/plan/support.h"

namespace layerwise::testing {
namespace {

constexpr int64_t kSizes[] = {1, 2, 3, 4, 7, 8, 9, 15, 16, 17, 31, 32, 33, 47, 48, 49, 65, 97};

// FNV-1a (Fowler, Noll and Vo).
uint64_t Hash(const std::vector<float>& values) {
  uint64_t hash = 14695981039346656037ULL;
  for (const float value : values) {
    const uint32_t bits = std::bit_cast<uint32_t>(value);
    for (int byte = 0; byte < 4; ++byte) {
      hash = (hash ^ ((bits >> (8 * byte)) & 0xFFU)) * 1099511628211ULL;
    }
  }
  return hash;
}

int64_t CountNonZero(const std::vector<float>& values) {
  return static_cast<int64_t>(values.size()) - std::count(values.begin(), values.end(), 0.0f);
}

TEST(ParametersComeBackAsTheyWereWritten) {
  for (const int64_t inputs : kSizes) {
    for (const int64_t units : kSizes) {
      Network network(Spec(inputs, {Dense(units, "relu"), Dense(3, "linear")}));
      std::vector<float> weights(static_cast<size_t>(inputs * units));
      std::vector<float> bias(static_cast<size_t>(units));
      for (size_t i = 0; i < weights.size(); ++i) weights[i] = 1.0f + static_cast<float>(i);
      for (size_t i = 0; i < bias.size(); ++i) bias[i] = -1.0f - static_cast<float>(i);
      const std::vector<float> others = ParameterValues(network, "2.weight");
      network.WriteParameter("0.weight", weights);
      network.WriteParameter("0.bias", bias);
      EXPECT_TRUE(ParameterValues(network, "0.weight") == weights) << inputs << " to " << units;
      EXPECT_TRUE(ParameterValues(network, "0.bias") == bias) << inputs << " to " << units;
      EXPECT_TRUE(ParameterValues(network, "2.weight") == others) << inputs << " to " << units;
      // The padding stays zero.
      const int64_t used = (inputs + 1) * units + CountNonZero(others);
      EXPECT_EQ(CountNonZero(AllParameters(network)), used) << inputs << " to " << units;
    }
  }
}

TEST(WeightsAreLaidOutAsUnitsTimesInputs) {
  Network network(Spec(2, {Dense(3, "linear", false)}));
  network.WriteParameter("0.weight", std::vector<float>{1, 2, 3, 4, 5, 6});
  const reference::Network twin = TwinOf(network);
  EXPECT_EQ(twin.layers[0].weights.At(0, 1), 2.0);
  EXPECT_EQ(twin.layers[0].weights.At(2, 0), 5.0);
}

TEST(ParametersAreNamedAsInPyTorch) {
  const Network network(Spec(4, {Dense(5, "relu"), Dense(5, "linear", false), Activation("tanh"),
                                 BatchNormalisation(), Dense(2, "softmax")}));
  // Linear ReLU Linear Tanh BatchNorm1d Linear Softmax
  const std::vector<std::string> names = {"0.weight",      "0.bias",   "2.weight",
                                          "4.weight",      "4.bias",   "4.running_mean",
                                          "4.running_var", "5.weight", "5.bias"};
  const auto& blocks = network.layout().blocks();
  ASSERT_EQ(blocks.size(), names.size());
  for (size_t i = 0; i < names.size(); ++i) EXPECT_EQ(blocks[i].name, names[i]);
}

TEST(ParametersBeginAtCacheLinesAndDoNotOverlap) {
  for (const int64_t units : kSizes) {
    const Network network(Spec(units, {Dense(units, "relu"), BatchNormalisation(),
                                       Dense(2 * units, "linear"), Dense(1, "linear")}));
    int64_t end = 0;
    for (const ParameterBlock& block : network.layout().blocks()) {
      EXPECT_EQ(block.offset % 16, 0);
      EXPECT_GE(block.offset, end);
      end = block.offset + block.panels.size();
    }
    EXPECT_LE(end, network.layout().size());
  }
}

TEST(WrongParametersAreRefused) {
  Network network(Spec(2, {Dense(2, "linear")}));
  const std::vector<float> before = AllParameters(network);
  EXPECT_THROWS(network.WriteParameter("0.weight", std::vector<float>(3)), "4 values");
  EXPECT_THROWS(network.WriteParameter("1.weight", std::vector<float>(4)), "0.weight, 0.bias");
  EXPECT_THROWS(network.WriteParameter("0.weight", std::vector<float>{1, 2, std::nanf(""), 4}),
                "0.weight[2]");
  EXPECT_THROWS(network.WriteParameter("0.bias", std::vector<float>{HUGE_VALF, 0}), "0.bias[0]");
  std::vector<float> small(1);
  EXPECT_THROWS(network.ReadParameter("0.weight", small), "4 values");
  EXPECT_TRUE(AllParameters(network) == before);
}

// ---- Initial values ----

Value DenseWith(int64_t units, Value kernel, Value bias = "zeros") {
  return Value::Object{{"type", "dense"},
                       {"units", units},
                       {"kernelInitializer", std::move(kernel)},
                       {"biasInitializer", std::move(bias)}};
}

struct Moments {
  double mean = 0;
  double deviation = 0;
  double least = 0;
  double most = 0;
};

Moments MomentsOf(const std::vector<float>& values) {
  Moments moments;
  const double count = static_cast<double>(values.size());
  moments.least = moments.most = static_cast<double>(values[0]);
  for (const float value : values) {
    const double x = static_cast<double>(value);
    moments.mean += x / count;
    moments.least = std::min(moments.least, x);
    moments.most = std::max(moments.most, x);
  }
  for (const float value : values) {
    const double difference = static_cast<double>(value) - moments.mean;
    moments.deviation += difference * difference / count;
  }
  moments.deviation = std::sqrt(moments.deviation);
  return moments;
}

Value Scaling(double scale, const char* mode, const char* distribution) {
  return Value::Object{{"type", "varianceScaling"},
                       {"scale", scale},
                       {"mode", mode},
                       {"distribution", distribution}};
}

struct ExpectedSpread {
  Value initializer;
  double mean;
  double deviation;
  bool is_uniform;
};

TEST(InitialValuesHaveTheStatedSpread) {
  constexpr int64_t kInputs = 300;
  constexpr int64_t kUnits = 100;
  const double glorot = std::sqrt(2.0 / (kInputs + kUnits));
  const double he = std::sqrt(2.0 / kInputs);
  const ExpectedSpread cases[] = {
      {"glorotNormal", 0, glorot, false},
      {"glorotUniform", 0, glorot, true},
      {"heNormal", 0, he, false},
      {"heUniform", 0, he, true},
      {Value::Object{{"type", "heUniform"}, {"gain", 3.0}}, 0, 3.0 * he, true},
      {Value::Object{{"type", "glorotNormal"}, {"gain", 0.5}}, 0, 0.5 * glorot, false},
      {Value::Object{{"type", "normal"}, {"mean", 2.0}, {"standardDeviation", 0.25}}, 2, 0.25,
       false},
      {Value::Object{{"type", "uniform"}, {"minimum", -1.0}, {"maximum", 3.0}}, 1,
       4.0 / std::sqrt(12.0), true},
      {"smallRandom", 0, 0.01, false},
      {"lecunNormal", 0, std::sqrt(1.0 / kInputs), false},
      {"lecunUniform", 0, std::sqrt(1.0 / kInputs), true},
      {Scaling(3, "fanIn", "normal"), 0, std::sqrt(3.0 / kInputs), false},
      {Scaling(3, "fanOut", "uniform"), 0, std::sqrt(3.0 / kUnits), true},
      {Scaling(1, "fanAverage", "normal"), 0, glorot, false},
  };
  for (const ExpectedSpread& one : cases) {
    const Network network(Spec(kInputs, {DenseWith(kUnits, one.initializer)}));
    const Moments moments = MomentsOf(ParameterValues(network, "0.weight"));
    const std::string name = one.initializer.Describe();
    // 30000 values: five standard errors of the mean and of the deviation.
    EXPECT_NEAR(moments.mean, one.mean, 5.0 * one.deviation / std::sqrt(30000.0)) << name;
    EXPECT_NEAR(moments.deviation, one.deviation, 5.0 * one.deviation / std::sqrt(60000.0)) << name;
    const double reach = std::sqrt(3.0) * one.deviation;
    if (one.is_uniform) {
      EXPECT_LE(moments.most, one.mean + reach * 1.000001) << name;
      EXPECT_GE(moments.least, one.mean - reach * 1.000001) << name;
      EXPECT_GE(moments.most, one.mean + reach * 0.999) << name;
    } else {
      EXPECT_GE(moments.most, one.mean + 3.0 * one.deviation) << name;
    }
  }
}

double NormalBelow(double x) { return 0.5 * std::erfc(-x / std::sqrt(2.0)); }

// The largest difference between the share of values below x and the probability of that, times the
// square root of their number (Kolmogorov and Smirnov): above 1.95 once in a thousand times.
template <typename Probability>
double Discrepancy(std::vector<float> values, Probability&& below) {
  std::sort(values.begin(), values.end());
  const double count = static_cast<double>(values.size());
  double largest = 0;
  for (size_t i = 0; i < values.size(); ++i) {
    const double probability = below(static_cast<double>(values[i]));
    largest = std::max(largest, std::fabs(probability - static_cast<double>(i) / count));
    largest = std::max(largest, std::fabs(probability - static_cast<double>(i + 1) / count));
  }
  return largest * std::sqrt(count);
}

TEST(InitialValuesHaveTheStatedDistribution) {
  constexpr double kUsual = 1.95;
  const auto weights = [](const Value& initializer) {
    return ParameterValues(Network(Spec(200, {DenseWith(100, initializer)}, 3)), "0.weight");
  };
  const auto normal = [](double deviation) {
    return [deviation](double x) { return NormalBelow(x / deviation); };
  };
  const auto uniform = [](double reach) {
    return [reach](double x) { return (x + reach) / (2.0 * reach); };
  };
  const auto truncated = [](double deviation) {
    return [deviation](double x) {
      return (NormalBelow(x / deviation) - NormalBelow(-2)) / (NormalBelow(2) - NormalBelow(-2));
    };
  };
  EXPECT_LE(Discrepancy(weights("smallRandom"), normal(0.01)), kUsual);
  EXPECT_LE(Discrepancy(weights("heNormal"), normal(0.1)), kUsual);
  EXPECT_LE(Discrepancy(weights("uniform"), uniform(0.05)), kUsual);
  EXPECT_LE(Discrepancy(weights("heUniform"), uniform(std::sqrt(0.03))), kUsual);
  EXPECT_LE(Discrepancy(weights("truncatedNormal"), truncated(0.05)), kUsual);
  // And they are told apart.
  EXPECT_GE(Discrepancy(weights("truncatedNormal"), normal(0.05)), kUsual);
  EXPECT_GE(Discrepancy(weights("heUniform"), normal(0.1)), kUsual);
}

TEST(TruncatedNormalNumbersKeepTheirVarianceUnderScaling) {
  const Network network(Spec(400, {DenseWith(200, "varianceScaling")}));
  const Moments moments = MomentsOf(ParameterValues(network, "0.weight"));
  EXPECT_NEAR(moments.mean, 0, 5 * 0.05 / std::sqrt(80000.0));
  EXPECT_NEAR(moments.deviation, 0.05, 5 * 0.05 / std::sqrt(160000.0));
  EXPECT_LE(moments.most, 2.0 * 0.05 / 0.8796);
}

TEST(OrthogonalMatricesHaveOrthonormalRowsOrColumns) {
  struct Shape {
    int64_t units;
    int64_t inputs;
  };
  for (const Shape shape : {Shape{1, 1}, Shape{7, 3}, Shape{3, 7}, Shape{40, 40}, Shape{65, 17}}) {
    const Network network(
        Spec(shape.inputs,
             {DenseWith(shape.units, Value::Object{{"type", "orthogonal"}, {"gain", 2.0}})}, 5));
    const reference::Matrix w = TwinOf(network).layers[0].weights;
    const reference::Matrix transposed = reference::Transposed(w);
    const reference::Matrix product = shape.units <= shape.inputs
                                          ? reference::Product(w, transposed)
                                          : reference::Product(transposed, w);
    for (int64_t i = 0; i < product.rows; ++i) {
      for (int64_t j = 0; j < product.columns; ++j) {
        EXPECT_NEAR(product.At(i, j), i == j ? 4.0 : 0.0, 2e-6)
            << shape.units << " by " << shape.inputs;
      }
    }
  }
}

TEST(OrthogonalMatricesAreDrawnFromAllOfThem) {
  // An entry of a uniformly drawn orthogonal matrix has mean 0 and variance 1 / n.
  constexpr int64_t kSize = 80;
  const Network network(Spec(kSize, {DenseWith(kSize, "orthogonal")}, 6));
  const Moments moments = MomentsOf(ParameterValues(network, "0.weight"));
  EXPECT_NEAR(moments.mean, 0, 5.0 / kSize / std::sqrt(static_cast<double>(kSize)));
  EXPECT_NEAR(moments.deviation, std::sqrt(1.0 / kSize), 1e-3);
  double diagonal = 0;
  const reference::Matrix w = TwinOf(network).layers[0].weights;
  for (int64_t i = 0; i < kSize; ++i) diagonal += w.At(i, i);
  EXPECT_LE(std::fabs(diagonal), 5.0);  // the trace has variance 1
}

TEST(SparseMatricesHaveZerosInEveryColumn) {
  const Network network(
      Spec(40, {DenseWith(25, Value::Object{{"type", "sparse"}, {"sparsity", 0.5}})}, 7));
  const reference::Matrix w = TwinOf(network).layers[0].weights;
  std::vector<int64_t> zeros_of_row(25, 0);
  for (int64_t j = 0; j < 40; ++j) {
    int64_t zeros = 0;
    for (int64_t i = 0; i < 25; ++i) {
      if (w.At(i, j) != 0) continue;
      ++zeros;
      ++zeros_of_row[static_cast<size_t>(i)];
    }
    EXPECT_EQ(zeros, 13);  // 0.5 * 25, rounded up
  }
  for (const int64_t zeros : zeros_of_row) {
    EXPECT_GE(zeros, 8);
    EXPECT_LE(zeros, 33);
  }
  const Network empty(
      Spec(4, {DenseWith(3, Value::Object{{"type", "sparse"}, {"sparsity", 1.0}})}));
  for (const float weight : ParameterValues(empty, "0.weight")) EXPECT_EQ(weight, 0.0f);
}

TEST(TheIdentityIsOnTheDiagonal) {
  const Network network(
      Spec(5, {DenseWith(3, Value::Object{{"type", "identity"}, {"gain", 2.0}}, "ones")}));
  const reference::Matrix w = TwinOf(network).layers[0].weights;
  for (int64_t i = 0; i < 3; ++i) {
    for (int64_t j = 0; j < 5; ++j) EXPECT_EQ(w.At(i, j), i == j ? 2.0 : 0.0);
  }
  for (const float bias : ParameterValues(network, "0.bias")) EXPECT_EQ(bias, 1.0f);
}

TEST(ConstantInitializersAreConstant) {
  const Network network(
      Spec(5, {DenseWith(7, "zeros", Value::Object{{"type", "constant"}, {"value", 0.75}})}));
  for (const float w : ParameterValues(network, "0.weight")) EXPECT_EQ(w, 0.0f);
  for (const float b : ParameterValues(network, "0.bias")) EXPECT_EQ(b, 0.75f);
  const Network plain(Spec(5, {Dense(7, "relu"), BatchNormalisation()}));
  for (const float b : ParameterValues(plain, "0.bias")) EXPECT_EQ(b, 0.0f);
  for (const float scale : ParameterValues(plain, "2.weight")) EXPECT_EQ(scale, 1.0f);
  for (const float shift : ParameterValues(plain, "2.bias")) EXPECT_EQ(shift, 0.0f);
  for (const float mean : ParameterValues(plain, "2.running_mean")) EXPECT_EQ(mean, 0.0f);
  for (const float variance : ParameterValues(plain, "2.running_var")) EXPECT_EQ(variance, 1.0f);
}

// The same numbers on every instruction set, whose panels differ, and on every system. A change of
// these checksums changes the results of everybody's seeds.
TEST(InitialValuesAreTheSameEverywhere) {
  struct Known {
    const char* initializer;
    uint64_t hash;
  };
  const Known known[] = {
      {"glorotNormal", 0x9dd3a072e293ecfULL},     {"glorotUniform", 0x218ee9d78bacb9cULL},
      {"heNormal", 0x4a9c956d453169a9ULL},        {"heUniform", 0x1adb8dc45b7afc78ULL},
      {"normal", 0x32181a57cf9eb865ULL},          {"uniform", 0xbc35f1d380db43c5ULL},
      {"smallRandom", 0x32181a57cf9eb865ULL},     {"truncatedNormal", 0x210190004caffd2fULL},
      {"varianceScaling", 0x835627da7a9777edULL}, {"lecunNormal", 0x8b9ecd88a4b77c38ULL},
      {"lecunUniform", 0x11d1c2521a8257eeULL},    {"orthogonal", 0xf17c9cdcee2054d0ULL},
      {"sparse", 0x778c067c3380c029ULL},
  };
  for (const Known& one : known) {
    const Network network(Spec(37, {DenseWith(53, one.initializer)}, 12345));
    EXPECT_EQ(Hash(ParameterValues(network, "0.weight")), one.hash) << one.initializer;
  }
}

TEST(InitialValuesDependOnSeedAndParameterOnly) {
  const auto weights = [](int64_t seed, Value::Array layers, const char* name) {
    return ParameterValues(Network(Spec(9, std::move(layers), seed)), name);
  };
  const std::vector<float> first = weights(1, {Dense(5, "tanh"), Dense(5, "tanh")}, "0.weight");
  EXPECT_TRUE(first == weights(1, {Dense(5, "tanh"), Dense(5, "tanh")}, "0.weight"));
  EXPECT_FALSE(first == weights(2, {Dense(5, "tanh"), Dense(5, "tanh")}, "0.weight"));
  // Layers behind do not matter, and layers of one shape differ.
  EXPECT_TRUE(first == weights(1, {Dense(5, "tanh")}, "0.weight"));
  const Value::Array square = {Dense(9, "tanh"), Dense(9, "tanh")};
  EXPECT_FALSE(weights(1, square, "0.weight") == weights(1, square, "2.weight"));
}

}  // namespace
}  // namespace layerwise::testing
