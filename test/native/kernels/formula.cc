// The evaluator of formulas, on which the tests of activations rely.
#include <cmath>
#include <string>
#include <vector>

#include "test/native/harness.h"
#include "test/native/reference/formula.h"

namespace layerwise::testing {
namespace {

using reference::Dual;
using reference::Formula;

Dual At(const std::string& text, double x, const std::vector<double>& parameters = {2.5, 0}) {
  return Formula(text, {"alpha", "flag"}).Evaluate({{x, 1.0}}, parameters).values[0];
}

TEST(FormulasFollowTheRulesOfArithmetic) {
  EXPECT_EQ(At("1 + 2 * 3 - 4 / 2", 0).value, 5.0);
  EXPECT_EQ(At("8 - 2 - 1", 0).value, 5.0);
  EXPECT_EQ(At("-x^2", 3).value, -9.0);
  EXPECT_EQ(At("2 * -x", 3).value, -6.0);
  EXPECT_EQ(At("(1 + x) * alpha", 1).value, 5.0);
  EXPECT_EQ(At("1e-2 * x", 100).value, 1.0);
  EXPECT_EQ(At("x > 0 ? x : alpha * x", -2).value, -5.0);
  EXPECT_EQ(At("flag ? 1 : x < 0 ? 2 : 3", 1).value, 3.0);
  EXPECT_EQ(At("min(max(x, 0), 6)", 7).value, 6.0);
}

TEST(FormulasAreDifferentiated) {
  const char* texts[] = {
      "x^3 / (1 + exp(-x))",    "expm1(x) * log1p(exp(x))",  "erfc(-x / sqrt(2))",
      "tanh(x) / (2 + abs(x))", "log(1 + x * x) - sqrt(pi)", "x > 0 ? x * x : alpha * x",
      "x * sigmoid(-x)"};
  for (const char* text : texts) {
    for (const double x : {-1.7, -0.3, 0.4, 2.1}) {
      constexpr double kStep = 1e-6;
      const double quotient = (At(text, x + kStep).value - At(text, x - kStep).value) / (2 * kStep);
      EXPECT_NEAR(At(text, x).slope, quotient, 1e-8) << text << " at " << x;
    }
  }
}

TEST(FormulasOverRowsSeeTheWholeRow) {
  const Formula formula("x - max(x) + sum(x)", {});
  const Formula::Result result = formula.Evaluate({{1, 0}, {4, 1}, {2, 0}}, {});
  EXPECT_EQ(result.values[0].value, 4.0);
  EXPECT_EQ(result.values[1].value, 7.0);
  EXPECT_EQ(result.values[0].slope, 0.0);
  EXPECT_EQ(result.values[1].slope, 1.0);
}

TEST(FormulasKnowTheirKinks) {
  const auto distance = [](const char* text, double x) {
    return Formula(text, {"alpha", "flag"}).Evaluate({{x, 1.0}}, {2.5, 0}).distance_from_kinks;
  };
  EXPECT_EQ(distance("max(x, 0)", 0.25), 0.25);
  EXPECT_EQ(distance("max(2 * x - 1, 0)", 1), 0.5);
  EXPECT_EQ(distance("min(max(x, 0), 6)", 5), 1.0);
  EXPECT_TRUE(std::isinf(distance("x * x", 0.25)));
  EXPECT_TRUE(std::isinf(distance("flag ? x : 2 * x", 0.25)));
}

TEST(WhatIsNoFormulaIsRefused) {
  for (const char* text : {"", "x +", "x )", "(x", "beta * x", "sin(x)", "exp(x, x)", "x ? 1"}) {
    EXPECT_THROWS(Formula(text, {"alpha"}), "cannot read the formula");
  }
}

}  // namespace
}  // namespace layerwise::testing
