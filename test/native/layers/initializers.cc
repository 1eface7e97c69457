// First values by their definitions: moments, bounds, the number of inputs and outputs they follow
// from, and that they depend on seed, parameter and place alone.
#include "native/layers/initializers.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "native/core/random.h"
#include "native/core/value.h"
#include "native/kernels/choice.h"
#include "test/native/harness.h"

namespace layerwise::testing {
namespace {

struct Shape {
  int64_t rows;     // outputs
  int64_t columns;  // inputs
};

constexpr Shape kTall{400, 150};

std::vector<float> Draw(const Value& initializer, const Shape& shape, uint32_t seed = 1,
                        uint32_t parameter = 0) {
  const Choice choice = ReadChoice(ValueReader(initializer, "initializer"), Initializers());
  const InitializerRow& row = Initializers()[choice.row];
  const RandomStream stream(seed, StreamPurpose::kInitializer, parameter);
  const InitializerContext context{stream,
                                   static_cast<double>(shape.columns),
                                   static_cast<double>(shape.rows),
                                   choice.parameters.data(),
                                   shape.rows,
                                   shape.columns};
  std::vector<float> values(static_cast<size_t>(shape.rows * shape.columns));
  if (row.fill != nullptr) {
    row.fill(context, values);
  } else {
    for (size_t i = 0; i < values.size(); ++i) values[i] = row.sample(context, i);
  }
  return values;
}

struct Moments {
  double mean = 0;
  double deviation = 0;
  double largest = 0;  // magnitude
};

Moments MomentsOf(const std::vector<float>& values) {
  Moments moments;
  const auto count = static_cast<double>(values.size());
  for (const float value : values) {
    moments.mean += static_cast<double>(value) / count;
    moments.largest = std::max(moments.largest, std::fabs(static_cast<double>(value)));
  }
  for (const float value : values) {
    moments.deviation += std::pow(static_cast<double>(value) - moments.mean, 2) / count;
  }
  moments.deviation = std::sqrt(moments.deviation);
  return moments;
}

Value Scaling(const char* mode, const char* distribution) {
  return Value::Object{
      {"type", "varianceScaling"}, {"scale", 3}, {"mode", mode}, {"distribution", distribution}};
}

struct Distribution {
  Value initializer;
  double mean;
  double deviation;
  double bound;  // of the distance from zero; 0 for none
};

// By the formulas of the papers, for 150 inputs and 400 outputs.
std::vector<Distribution> Distributions() {
  const double he = std::sqrt(2.0 / 150);
  const double lecun = std::sqrt(1.0 / 150);
  const double glorot = std::sqrt(2.0 / 550);
  const double root3 = std::sqrt(3.0);
  const double cut = 0.8796256610342398;  // the deviation of a normal number within two
  const auto with = [](const char* type, const char* name, double value) {
    return Value(Value::Object{{"type", type}, {name, value}});
  };
  return {
      {"smallRandom", 0, 0.01, 0},
      {Value::Object{{"type", "normal"}, {"mean", 0.5}, {"standardDeviation", 0.2}}, 0.5, 0.2, 0},
      {Value::Object{{"type", "uniform"}, {"minimum", -0.1}, {"maximum", 0.3}}, 0.1,
       0.4 / std::sqrt(12.0), 0.3},
      {with("truncatedNormal", "standardDeviation", 0.3), 0, 0.3 * cut, 0.6},
      {with("heNormal", "gain", 1), 0, he, 0},
      {with("heUniform", "gain", 2), 0, 2 * he, 2 * he * root3},
      {with("lecunNormal", "gain", 1), 0, lecun, 0},
      {with("lecunUniform", "gain", 1), 0, lecun, lecun * root3},
      {with("glorotNormal", "gain", 2), 0, 2 * glorot, 0},
      {with("glorotUniform", "gain", 1), 0, glorot, glorot * root3},
      {Scaling("fanIn", "normal"), 0, std::sqrt(3.0 / 150), 0},
      {Scaling("fanOut", "uniform"), 0, std::sqrt(3.0 / 400), root3 * std::sqrt(3.0 / 400)},
      {Scaling("fanAverage", "truncatedNormal"), 0, std::sqrt(3.0 / 275),
       2 * std::sqrt(3.0 / 275) / cut},
  };
}

TEST(InitializersHaveTheirMomentsAndBounds) {
  for (const auto& [initializer, mean, deviation, bound] : Distributions()) {
    const Moments moments = MomentsOf(Draw(initializer, kTall));
    const std::string name =
        ChosenName(ValueReader(initializer, "")) + " " + std::to_string(deviation);
    // Four deviations of what sixty thousand numbers give.
    EXPECT_NEAR(moments.mean, mean, deviation * 4 / std::sqrt(60000.0)) << name;
    EXPECT_NEAR(moments.deviation, deviation, deviation * 4 / std::sqrt(120000.0)) << name;
    if (bound > 0) {
      EXPECT_LE(moments.largest, bound * (1 + 1e-6)) << name;
      EXPECT_GT(moments.largest, bound * 0.99) << name;
    } else {
      EXPECT_GT(moments.largest, std::fabs(mean) + 3 * deviation) << name;
    }
  }
}

TEST(InitializersThatDrawNothingAreExact) {
  const Shape small{2, 3};
  using Values = std::vector<float>;
  EXPECT_TRUE(Draw("zeros", small) == Values(6, 0.0f));
  EXPECT_TRUE(Draw("ones", small) == Values(6, 1.0f));
  const Value constant = Value::Object{{"type", "constant"}, {"value", -0.25}};
  EXPECT_TRUE(Draw(constant, small) == Values(6, -0.25f));
  const Value identity = Value::Object{{"type", "identity"}, {"gain", 2}};
  EXPECT_TRUE(Draw(identity, small) == (Values{2, 0, 0, 0, 2, 0}));
  EXPECT_TRUE(Draw(identity, {3, 2}) == (Values{2, 0, 0, 2, 0, 0}));
}

TEST(ValuesFollowFromSeedAndParameterAlone) {
  const Shape shape{20, 7};
  for (const InitializerRow& row : Initializers()) {
    const std::string_view name = row.info.name;
    const std::vector<float> values = Draw(row.info.name, shape, 5, 2);
    EXPECT_TRUE(Draw(row.info.name, shape, 5, 2) == values) << name;
    const bool draws_nothing =
        name == "zeros" || name == "ones" || name == "constant" || name == "identity";
    EXPECT_EQ(Draw(row.info.name, shape, 6, 2) == values, draws_nothing) << name;
    EXPECT_EQ(Draw(row.info.name, shape, 5, 3) == values, draws_nothing) << name;
    for (const float value : values) EXPECT_TRUE(std::isfinite(value)) << name;
  }
}

TEST(ElementsDoNotDependOnHowManyThereAre) {
  // A layer with more outputs has the same first rows, where the numbers of both do not matter.
  for (const char* name : {"normal", "uniform", "truncatedNormal", "lecunNormal", "heUniform"}) {
    const std::vector<float> few = Draw(name, {3, 5});
    const std::vector<float> many = Draw(name, {8, 5});
    EXPECT_TRUE(std::equal(few.begin(), few.end(), many.begin())) << name;
  }
}

// The product of row or column i with row or column j.
double Product(const std::vector<float>& values, const Shape& shape, bool of_rows, int64_t i,
               int64_t j) {
  const int64_t length = of_rows ? shape.columns : shape.rows;
  const auto at = [&](int64_t vector, int64_t k) {
    const int64_t index = of_rows ? vector * shape.columns + k : k * shape.columns + vector;
    return static_cast<double>(values[static_cast<size_t>(index)]);
  };
  double sum = 0;
  for (int64_t k = 0; k < length; ++k) sum += at(i, k) * at(j, k);
  return sum;
}

TEST(OrthogonalMatricesHaveOrthogonalVectorsOfTheSameLength) {
  const Value initializer = Value::Object{{"type", "orthogonal"}, {"gain", 3}};
  for (const Shape& shape : {Shape{6, 6}, Shape{5, 17}, Shape{17, 5}, Shape{1, 4}, Shape{4, 1}}) {
    const std::vector<float> values = Draw(initializer, shape);
    const bool of_rows = shape.rows < shape.columns;
    const int64_t vectors = std::min(shape.rows, shape.columns);
    for (int64_t i = 0; i < vectors; ++i) {
      for (int64_t j = 0; j <= i; ++j) {
        EXPECT_NEAR(Product(values, shape, of_rows, i, j), i == j ? 9.0 : 0.0, 1e-5)
            << shape.rows << " x " << shape.columns << ", " << i << ", " << j;
      }
    }
  }
}

TEST(SparseMatricesHaveTheirZerosInEveryColumn) {
  const Value initializer =
      Value::Object{{"type", "sparse"}, {"sparsity", 0.75}, {"standardDeviation", 2}};
  const std::vector<float> values = Draw(initializer, {10, 300});
  std::vector<float> others;
  for (size_t column = 0; column < 300; ++column) {
    int zeros = 0;
    for (size_t row = 0; row < 10; ++row) {
      const float value = values[row * 300 + column];
      if (value == 0.0f) {
        ++zeros;
      } else {
        others.push_back(value);
      }
    }
    EXPECT_EQ(zeros, 8) << column;  // 7.5, rounded up
  }
  EXPECT_NEAR(MomentsOf(others).deviation, 2.0, 2.0 * 4 / std::sqrt(1200.0));
}

}  // namespace
}  // namespace layerwise::testing
