#include "native/training/schedules.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <string_view>

#include "native/core/option_reader.h"

namespace layerwise {
namespace {

constexpr double kUnbounded = std::numeric_limits<double>::infinity();
// Epochs are counted in fractions: what rounding leaves below a whole one belongs to it.
constexpr double kTolerance = 1e-9;

constexpr ParameterInfo kWarmupEpochs{
    .name = "warmupEpochs",
    .fallback = 0.0,
    .minimum = 0.0,
    .maximum = kUnbounded,
    .description = "Epochs in front of the schedule in which the rate rises linearly."};
constexpr ParameterInfo kWarmupFactor{
    .name = "warmupFactor",
    .fallback = 0.1,
    .minimum = 0.0,
    .maximum = 1.0,
    .description = "The share of the learning rate that the warm-up begins with."};
constexpr ParameterInfo kMinimumRate{.name = "minimumRate",
                                     .fallback = 0.0,
                                     .minimum = 0.0,
                                     .maximum = kUnbounded,
                                     .description = "What the rate does not fall below."};

constexpr ParameterInfo Epochs(double fallback, const char* description) {
  return {.name = "epochs",
          .fallback = fallback,
          .minimum = 0.0,
          .maximum = kUnbounded,
          .minimum_exclusive = fallback > 0,
          .description = description};
}

constexpr ParameterInfo Factor(double fallback, const char* description) {
  return {.name = "factor",
          .fallback = fallback,
          .minimum = 0.0,
          .maximum = 1.0,
          .minimum_exclusive = true,
          .description = description};
}

constexpr const char* kFallingEpochs = "How long the rate falls; 0: to the end of the run.";

double Cosine(double from, double to, double share) {
  return to + (from - to) * 0.5 * (1.0 + std::cos(std::numbers::pi * share));
}

// The share done of a length in which 0 stands for the whole run.
double ShareDone(double length, const ScheduleTime& time) {
  const double all = length > 0 ? length : time.epochs;
  return all > 0 ? std::min(1.0, time.epoch / all) : 1.0;
}

constexpr ParameterInfo kConstant[] = {kWarmupEpochs, kWarmupFactor};
double Constant(double base, const double*, const ScheduleTime&) { return base; }

constexpr ParameterInfo kStep[] = {Epochs(10.0, "Epochs between two reductions."),
                                   Factor(0.1, "What the rate is multiplied by each time."),
                                   kWarmupEpochs, kWarmupFactor};
double Step(double base, const double* p, const ScheduleTime& time) {
  return base * std::pow(p[1], std::floor(time.epoch / p[0] + kTolerance));
}

constexpr ParameterInfo kExponential[] = {
    Factor(0.95, "What an epoch multiplies the rate by, an update by the part that it is."),
    kWarmupEpochs, kWarmupFactor};
double Exponential(double base, const double* p, const ScheduleTime& time) {
  return base * std::pow(p[0], time.epoch);
}

constexpr ParameterInfo kCosine[] = {Epochs(0.0, kFallingEpochs), kMinimumRate, kWarmupEpochs,
                                     kWarmupFactor};
double CosineDecay(double base, const double* p, const ScheduleTime& time) {
  return Cosine(base, p[1], ShareDone(p[0], time));
}

constexpr ParameterInfo kCosineRestarts[] = {
    Epochs(10.0, "Length of the first cycle."),
    {.name = "multiplier",
     .fallback = 1.0,
     .minimum = 1.0,
     .maximum = kUnbounded,
     .description = "How many times as long as the last one each cycle is."},
    kMinimumRate,
    kWarmupEpochs,
    kWarmupFactor};
double CosineRestarts(double base, const double* p, const ScheduleTime& time) {
  double cycle = p[0];
  double epoch = time.epoch;
  if (p[1] == 1.0) {
    epoch -= cycle * std::floor(epoch / cycle + kTolerance);
  } else {
    while (epoch >= cycle * (1.0 - kTolerance)) {
      epoch -= cycle;
      cycle *= p[1];
    }
  }
  return Cosine(base, p[2], std::max(0.0, epoch / cycle));
}

constexpr ParameterInfo kCosineLog[] = {
    {.name = "cycles",
     .fallback = 4.0,
     .minimum = 1.0,
     .maximum = 50.0,
     .is_whole = true,
     .description = "How often the rate rises and falls, each time for twice as long."},
    Epochs(0.0, "How long it does so; 0: to the end of the run."),
    kMinimumRate,
    kWarmupEpochs,
    kWarmupFactor};
// It begins at the bottom, and ends there.
double CosineLog(double base, const double* p, const ScheduleTime& time) {
  const double cycles_done = std::log2(1.0 + (std::exp2(p[0]) - 1.0) * ShareDone(p[1], time));
  return Cosine(p[2], base, 2.0 * cycles_done);
}

constexpr ParameterInfo kPolynomial[] = {Epochs(0.0, kFallingEpochs),
                                         {.name = "power",
                                          .fallback = 1.0,
                                          .minimum = 0.0,
                                          .maximum = kUnbounded,
                                          .description = "1: in a straight line."},
                                         kMinimumRate,
                                         kWarmupEpochs,
                                         kWarmupFactor};
double Polynomial(double base, const double* p, const ScheduleTime& time) {
  return p[2] + (base - p[2]) * std::pow(1.0 - ShareDone(p[0], time), p[1]);
}

constexpr ParameterInfo kOneCycle[] = {
    {.name = "riseShare",
     .fallback = 0.3,
     .minimum = 0.0,
     .maximum = 1.0,
     .description = "The share of the run in which the rate rises."},
    {.name = "startDivisor",
     .fallback = 25.0,
     .minimum = 1.0,
     .maximum = kUnbounded,
     .description = "The run begins with the learning rate divided by this."},
    {.name = "endDivisor",
     .fallback = 10000.0,
     .minimum = 1.0,
     .maximum = kUnbounded,
     .description = "It ends with the rate of its beginning divided by this."},
    kWarmupEpochs,
    kWarmupFactor};
double OneCycle(double base, const double* p, const ScheduleTime& time) {
  // Counted in updates, the last of which has the lowest rate.
  const double step = time.epoch * time.steps_per_epoch;
  const double last = time.epochs * time.steps_per_epoch - 1.0;
  const double top = p[0] * (last + 1.0) - 1.0;
  const double start = base / p[1];
  if (step <= top + kTolerance) return Cosine(start, base, top > 0 ? step / top : 1.0);
  const double length = last - std::max(0.0, top);
  const double share = length > 0 ? std::min(1.0, (step - std::max(0.0, top)) / length) : 1.0;
  return Cosine(base, start / p[2], share);
}

constexpr const char* kPlateauName = "reduceOnPlateau";
constexpr ParameterInfo kPlateau[] = {
    Factor(0.1, "What the rate is multiplied by each time."),
    {.name = "patience",
     .fallback = 10.0,
     .minimum = 0.0,
     .maximum = kUnbounded,
     .description = "Epochs without progress that are borne; the next one reduces the rate."},
    {.name = "threshold",
     .fallback = 1e-4,
     .minimum = 0.0,
     .maximum = 1.0,
     .description = "The share by which what is monitored has to be better to count as progress."},
    {.name = "cooldown",
     .fallback = 0.0,
     .minimum = 0.0,
     .maximum = kUnbounded,
     .description = "Epochs after a reduction that are not counted."},
    kMinimumRate,
    kWarmupEpochs,
    kWarmupFactor};
double ReduceOnPlateau(double base, const double* p, const ScheduleTime& time) {
  return std::max(p[4], base * std::pow(p[0], static_cast<double>(time.reductions)));
}

const ScheduleRow kRows[] = {
    {{"constant", "rate = learningRate", "The learning rate of the optimizer throughout.",
      kConstant},
     &Constant},
    {{"step", "rate = learningRate * factor^floor(epoch / epochs)",
      "Falls by a factor every few epochs.", kStep},
     &Step},
    {{"exponential", "rate = learningRate * factor^epoch", "Falls by a factor in each epoch.",
      kExponential},
     &Exponential},
    {{"cosine",
      "rate = minimumRate + (learningRate - minimumRate) * (1 + cos(pi * epoch / epochs)) / 2",
      "Falls along half a cosine (Loshchilov and Hutter 2017) and stays there.", kCosine},
     &CosineDecay},
    {{"cosineRestarts",
      "rate = minimumRate + (learningRate - minimumRate) * (1 + cos(pi * epoch in the cycle / "
      "cycle)) / 2",
      "Falls along half a cosine and starts again (SGDR: Loshchilov and Hutter 2017).",
      kCosineRestarts},
     &CosineRestarts},
    {{"cosineLog",
      "rate = minimumRate + (learningRate - minimumRate) * (1 - cos(2 pi * log2(1 + (2^cycles - 1) "
      "* "
      "epoch / epochs))) / 2",
      "Rises and falls several times along a cosine, each time for twice as long (Holzmueller, "
      "Grinsztajn and Steinwart 2024, whose coslog4 has 4 cycles).",
      kCosineLog},
     &CosineLog},
    {{"polynomial",
      "rate = minimumRate + (learningRate - minimumRate) * (1 - epoch / epochs)^power",
      "Falls to its minimum along a power, linearly by default.", kPolynomial},
     &Polynomial},
    {{"oneCycle", "half a cosine up to learningRate, then half a cosine down",
      "Rises to the learning rate and falls far below it within the run (Smith and Topin 2019).",
      kOneCycle},
     &OneCycle},
    {{kPlateauName, "rate = learningRate * factor^reductions",
      "Falls by a factor when what the run monitors (the loss, of the validation where there is "
      "one) has stopped getting better.",
      kPlateau},
     &ReduceOnPlateau}};

}  // namespace

std::span<const ScheduleRow> Schedules() { return kRows; }

LearningRate::LearningRate(const Choice& choice, double base, int64_t epochs,
                           int64_t steps_per_epoch)
    : row_(Schedules()[choice.row]), parameters_(choice.parameters), base_(base) {
  warmup_epochs_ = parameters_[parameters_.size() - 2];
  warmup_factor_ = parameters_[parameters_.size() - 1];
  time_.epochs = std::max(0.0, static_cast<double>(epochs) - warmup_epochs_);
  time_.steps_per_epoch = static_cast<double>(steps_per_epoch);
}

double LearningRate::At(int64_t steps_done) const {
  ScheduleTime time = time_;
  time.epoch = static_cast<double>(steps_done) / time.steps_per_epoch;
  if (time.epoch < warmup_epochs_) {
    const double share = time.epoch / warmup_epochs_;
    return share_ * (base_ * (warmup_factor_ + (1.0 - warmup_factor_) * share));
  }
  time.epoch -= warmup_epochs_;
  return share_ * row_.rate(base_, parameters_.data(), time);
}

void LearningRate::EpochEnded(double score) {
  if (row_.info.name != std::string_view(kPlateauName)) return;
  const double* p = parameters_.data();
  const double wanted =
      std::isinf(best_score_) ? best_score_ : best_score_ - p[2] * std::fabs(best_score_);
  if (score < wanted) {
    best_score_ = score;
    epochs_without_progress_ = 0;
  } else {
    ++epochs_without_progress_;
  }
  if (cooldown_left_ > 0) {
    --cooldown_left_;
    epochs_without_progress_ = 0;
  }
  if (epochs_without_progress_ <= p[1]) return;
  ++time_.reductions;
  epochs_without_progress_ = 0;
  cooldown_left_ = p[3];
}

void LearningRate::Visit(StateArchive& archive) {
  const StateArchive::Section section(archive, "schedule");
  archive.Count("reductions", time_.reductions, kMaxCount);
  archive.Number("bestScore", best_score_);
  archive.FiniteNumber("epochsWithoutProgress", epochs_without_progress_);
  archive.FiniteNumber("cooldownLeft", cooldown_left_);
}

}  // namespace layerwise
