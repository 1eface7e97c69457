// Learning rates by hand: each schedule against its formula, the warm-up before it, and what
// reduceOnPlateau remembers.
#include "native/training/schedules.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <limits>
#include <numbers>
#include <string>
#include <utility>
#include <vector>

#include "native/core/state_archive.h"
#include "native/core/value.h"
#include "native/kernels/choice.h"
#include "test/native/harness.h"

namespace layerwise::testing {
namespace {

constexpr double kBase = 0.4;
constexpr int64_t kEpochs = 12;
constexpr int64_t kStepsPerEpoch = 4;

LearningRate RateOf(const Value& schedule, double base = kBase, int64_t epochs = kEpochs,
                    int64_t steps_per_epoch = kStepsPerEpoch) {
  return LearningRate(ReadChoice(ValueReader(schedule, "schedule"), Schedules()), base, epochs,
                      steps_per_epoch);
}

double HalfCosine(double from, double to, double share) {
  return to + (from - to) * (1 + std::cos(std::numbers::pi * share)) / 2;
}

struct Formula {
  Value schedule;
  std::function<double(double epoch)> rate;
};

// One cycle is counted in updates, of which there are 48: the 12th is the one at the top.
double OneCycleByHand(double epoch) {
  const double step = epoch * static_cast<double>(kStepsPerEpoch);
  const double start = kBase / 10;
  if (step <= 11) return HalfCosine(start, kBase, step / 11);
  return HalfCosine(kBase, start / 100, (step - 11) / 36);
}

// Cycles of 2, 4 and 8 epochs.
double RestartsByHand(double epoch) {
  const double begin = epoch < 2 ? 0 : epoch < 6 ? 2 : 6;
  const double length = epoch < 2 ? 2 : epoch < 6 ? 4 : 8;
  return HalfCosine(kBase, 0.1, (epoch - begin) / length);
}

// Four cycles of 1, 2, 4 and 8 fifteenths of 12 epochs: each up to the top and down again.
double CosineLogByHand(double epoch) {
  const double cycles = std::log2(1 + 15 * epoch / 12);
  return kBase * (1 - std::cos(2 * std::numbers::pi * cycles)) / 2;
}

std::vector<Formula> Formulas() {
  return {
      {"cosineLog", CosineLogByHand},
      {Value::Object{{"type", "cosineLog"}, {"cycles", 1}, {"epochs", 6}, {"minimumRate", 0.1}},
       [](double epoch) {
         return HalfCosine(0.1, kBase, 2 * std::log2(1 + std::min(1.0, epoch / 6)));
       }},
      {"constant", [](double) { return kBase; }},
      {Value::Object{{"type", "step"}, {"epochs", 2.5}, {"factor", 0.5}},
       [](double epoch) { return kBase * std::pow(0.5, std::floor(epoch / 2.5)); }},
      {Value::Object{{"type", "exponential"}, {"factor", 0.9}},
       [](double epoch) { return kBase * std::pow(0.9, epoch); }},
      {Value::Object{{"type", "cosine"}, {"minimumRate", 0.1}},
       [](double epoch) { return HalfCosine(kBase, 0.1, epoch / kEpochs); }},
      {Value::Object{{"type", "cosine"}, {"epochs", 6}},
       [](double epoch) { return epoch < 6 ? HalfCosine(kBase, 0, epoch / 6) : 0.0; }},
      {Value::Object{
           {"type", "cosineRestarts"}, {"epochs", 2}, {"multiplier", 2}, {"minimumRate", 0.1}},
       &RestartsByHand},
      {Value::Object{{"type", "cosineRestarts"}, {"epochs", 3}},
       [](double epoch) { return HalfCosine(kBase, 0, std::fmod(epoch, 3.0) / 3); }},
      {Value::Object{{"type", "polynomial"}, {"power", 2}, {"minimumRate", 0.1}},
       [](double epoch) { return 0.1 + (kBase - 0.1) * std::pow(1 - epoch / kEpochs, 2); }},
      {Value::Object{
           {"type", "oneCycle"}, {"riseShare", 0.25}, {"startDivisor", 10}, {"endDivisor", 100}},
       &OneCycleByHand},
      {"reduceOnPlateau", [](double) { return kBase; }},
  };
}

TEST(EveryScheduleFollowsItsFormula) {
  std::vector<bool> seen(Schedules().size(), false);
  for (const auto& [schedule, expected] : Formulas()) {
    seen[ReadChoice(ValueReader(schedule, ""), Schedules()).row] = true;
    const LearningRate rate = RateOf(schedule);
    for (int64_t step = 0; step < kEpochs * kStepsPerEpoch; ++step) {
      const double epoch = static_cast<double>(step) / kStepsPerEpoch;
      EXPECT_NEAR(rate.At(step), expected(epoch), 1e-12)
          << ChosenName(ValueReader(schedule, "")) << " at step " << step;
    }
  }
  for (size_t i = 0; i < seen.size(); ++i) EXPECT_TRUE(seen[i]) << Schedules()[i].info.name;
}

TEST(StepsOfAScheduleFallOnWholeEpochsInSpiteOfRounding) {
  // A tenth is no binary number: three of them are a little more than 0.3, seven a little less.
  const LearningRate rate =
      RateOf(Value::Object{{"type", "step"}, {"epochs", 0.1}, {"factor", 0.5}}, 1.0, 1, 10);
  for (int64_t step = 0; step < 10; ++step) {
    EXPECT_EQ(rate.At(step), std::pow(0.5, static_cast<double>(step))) << step;
  }
}

TEST(AWarmUpRisesInALineAndThenTheScheduleBegins) {
  const Value schedule =
      Value::Object{{"type", "cosine"}, {"warmupEpochs", 2}, {"warmupFactor", 0.25}};
  const LearningRate rate = RateOf(schedule);
  for (int64_t step = 0; step < 8; ++step) {
    const double share = static_cast<double>(step) / 8;
    EXPECT_NEAR(rate.At(step), kBase * (0.25 + 0.75 * share), 1e-12) << step;
  }
  // The schedule has the ten epochs that are left.
  for (int64_t step = 8; step < kEpochs * kStepsPerEpoch; ++step) {
    EXPECT_NEAR(rate.At(step), HalfCosine(kBase, 0, static_cast<double>(step - 8) / 40), 1e-12)
        << step;
  }
}

TEST(AShareMultipliesAllRates) {
  LearningRate rate = RateOf(Value::Object{{"type", "step"}, {"epochs", 1}, {"warmupEpochs", 1}});
  const LearningRate whole = rate;
  rate.set_share(0.5);
  for (const int64_t step : {0, 3, 4, 9}) EXPECT_EQ(rate.At(step), 0.5 * whole.At(step)) << step;
}

TEST(OnlyReduceOnPlateauListensToScores) {
  for (const auto& [schedule, expected] : Formulas()) {
    if (ChosenName(ValueReader(schedule, "")) == "reduceOnPlateau") continue;
    LearningRate rate = RateOf(schedule);
    for (int epoch = 0; epoch < 40; ++epoch) rate.EpochEnded(1.0);
    EXPECT_NEAR(rate.At(7), expected(7.0 / kStepsPerEpoch), 1e-12)
        << ChosenName(ValueReader(schedule, ""));
  }
}

// ---- reduceOnPlateau ----

double RateAfter(Value::Object parameters, const std::vector<double>& scores) {
  parameters.insert(parameters.begin(), {"type", "reduceOnPlateau"});
  LearningRate rate = RateOf(Value(std::move(parameters)), 1.0, 100, 1);
  for (const double score : scores) rate.EpochEnded(score);
  return rate.At(static_cast<int64_t>(scores.size()));
}

TEST(APlateauLongerThanThePatienceReducesTheRate) {
  const Value::Object once = {{"patience", 1}, {"factor", 0.5}};
  EXPECT_EQ(RateAfter(once, {1, 1}), 1.0);
  EXPECT_EQ(RateAfter(once, {1, 1, 1}), 0.5);
  EXPECT_EQ(RateAfter(once, {1, 1, 0.5, 0.5}), 1.0);  // progress makes the patience whole again
  EXPECT_EQ(RateAfter(once, {1, 1, 1, 1, 1}), 0.25);
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(RateAfter(once, {nan, nan}), 0.5);  // no progress either, from the first epoch on
}

TEST(EpochsOfACooldownAreNotCounted) {
  const Value::Object parameters = {{"patience", 0}, {"factor", 0.5}, {"cooldown", 2}};
  EXPECT_EQ(RateAfter(parameters, {1, 1}), 0.5);
  EXPECT_EQ(RateAfter(parameters, {1, 1, 1, 1}), 0.5);
  EXPECT_EQ(RateAfter(parameters, {1, 1, 1, 1, 1}), 0.25);
}

TEST(PlateausDoNotReduceBelowTheMinimumRate) {
  const Value::Object parameters = {{"patience", 0}, {"factor", 0.1}, {"minimumRate", 0.05}};
  EXPECT_EQ(RateAfter(parameters, {1, 1}), 0.1);
  EXPECT_EQ(RateAfter(parameters, {1, 1, 1, 1}), 0.05);
}

TEST(PlateausOfScoresBelowZeroAreNoticed) {
  // As of metrics that are to rise: their scores are negative.
  const Value::Object parameters = {{"patience", 1}, {"threshold", 0.01}, {"factor", 0.5}};
  EXPECT_EQ(RateAfter(parameters, {-0.5, -0.6, -0.7, -0.8, -0.9}), 1.0);
  EXPECT_EQ(RateAfter(parameters, {-0.5, -0.5, -0.5}), 0.5);
  EXPECT_EQ(RateAfter(parameters, {-0.5, -0.501, -0.502}), 0.5);  // less than the threshold
  EXPECT_EQ(RateAfter(parameters, {0.5, 0.5, 0.5}), 0.5);
  EXPECT_EQ(RateAfter(parameters, {0.5, 0.4, 0.3}), 1.0);
}

TEST(PlateausAreRememberedInAState) {
  const Value schedule =
      Value::Object{{"type", "reduceOnPlateau"}, {"patience", 2}, {"factor", 0.5}, {"cooldown", 1}};
  const std::vector<double> scores = {3, 2, 2, 2, 2, 2, 2, 2, 1, 1, 1, 1, 1, 1};
  // Wherever the state is saved, the rates after it are those of the run that was not interrupted.
  for (size_t saved_after = 0; saved_after <= scores.size(); ++saved_after) {
    LearningRate whole = RateOf(schedule);
    for (size_t i = 0; i < saved_after; ++i) whole.EpochEnded(scores[i]);
    StateSaver saver;
    whole.Visit(saver);
    SavedState state;
    saver.SaveTo(state);
    LearningRate continued = RateOf(schedule);
    StateLoader loader(state);
    continued.Visit(loader);
    loader.RequireAllTaken();
    for (size_t i = saved_after; i < scores.size(); ++i) {
      EXPECT_EQ(continued.At(0), whole.At(0)) << saved_after << ", " << i;
      whole.EpochEnded(scores[i]);
      continued.EpochEnded(scores[i]);
    }
    EXPECT_EQ(continued.At(0), whole.At(0)) << saved_after;
    EXPECT_EQ(whole.At(0), 0.25 * kBase);
  }
}

}  // namespace
}  // namespace layerwise::testing
