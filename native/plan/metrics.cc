#include "native/plan/metrics.h"

#include <cmath>
#include <limits>
#include <string_view>

#include "native/plan/metric_accumulators.h"

namespace layerwise {
namespace {

template <typename F>
double MeanOverColumns(const MetricInput& input, F&& of_column) {
  double sum = 0;
  for (int64_t j = 0; j < input.columns; ++j) {
    sum += of_column(static_cast<double>(input.outputs[j]), static_cast<double>(input.Target(j)));
  }
  return sum / static_cast<double>(input.columns);
}

template <typename F>
int64_t IndexOfLargest(int64_t columns, F&& at) {
  int64_t largest = 0;
  for (int64_t j = 1; j < columns; ++j) {
    if (at(j) > at(largest)) largest = j;
  }
  return largest;
}

bool IsYes(double share) { return share > 0.5; }

// ---- Functions of a row ----

double Accuracy(const MetricInput& input, const double*) {
  if (input.independent_outputs || input.columns == 1) {
    return MeanOverColumns(input,
                           [](double y, double t) { return IsYes(y) == IsYes(t) ? 1.0 : 0.0; });
  }
  return input.Answer() == input.Truth() ? 1.0 : 0.0;
}

// Of equal outputs the last one counts as the largest, as in scikit-learn.
double IsAmongLargest(const MetricInput& input, const double* parameters) {
  const int64_t truth = input.Truth();
  const float score = input.outputs[truth];
  double before = 0;
  for (int64_t j = 0; j < input.columns; ++j) {
    const float other = input.outputs[j];
    if (other > score || (other == score && j > truth)) ++before;
  }
  return before < parameters[0] ? 1.0 : 0.0;
}

constexpr double kLeastProbability = std::numeric_limits<double>::epsilon();

double LogLoss(const MetricInput& input, const double*) {
  const auto loss = [](double probability) {
    return -std::log(std::max(kLeastProbability, probability));
  };
  if (input.independent_outputs || input.columns == 1) {
    return MeanOverColumns(input, [&](double y, double t) { return loss(IsYes(t) ? y : 1 - y); });
  }
  return loss(static_cast<double>(input.outputs[input.Truth()]));
}

double SquaredError(const MetricInput& input, const double*) {
  return MeanOverColumns(input, [](double y, double t) { return (y - t) * (y - t); });
}

double AbsoluteError(const MetricInput& input, const double*) {
  return MeanOverColumns(input, [](double y, double t) { return std::fabs(y - t); });
}

double Root(double mean) { return std::sqrt(mean); }

// ---- Scores of counts ----

double Precision(const ClassCounts& of) { return Ratio(of.hits, of.answered); }
double Recall(const ClassCounts& of) { return Ratio(of.hits, of.actual); }
double F1(const ClassCounts& of) { return Ratio(2 * of.hits, of.answered + of.actual); }

// ---- Areas ----

// Weights of the rows of either label with this score or a higher one.
struct Threshold {
  double positives = 0;
  double negatives = 0;
};

// Equal scores make one step: no order among them is better than another.
template <typename F>
Threshold ForSteps(std::span<const ScoredRow> rows, F&& step) {
  Threshold before;
  Threshold now;
  for (size_t i = 0; i < rows.size(); ++i) {
    const double weight = static_cast<double>(rows[i].weight);
    (weight > 0 ? now.positives : now.negatives) += std::fabs(weight);
    if (i + 1 < rows.size() && rows[i + 1].score == rows[i].score) continue;
    step(before, now);
    before = now;
  }
  return now;
}

double RocArea(std::span<const ScoredRow> rows) {
  double area = 0;
  const Threshold all = ForSteps(rows, [&](const Threshold& before, const Threshold& now) {
    // A trapezium: a step of equal scores rises in a straight line.
    area += (now.negatives - before.negatives) * (now.positives + before.positives) / 2;
  });
  return area / (all.positives * all.negatives);  // 0 / 0 without one of the labels
}

double PrecisionRecallArea(std::span<const ScoredRow> rows) {
  double area = 0;
  const Threshold all = ForSteps(rows, [&](const Threshold& before, const Threshold& now) {
    const double precision = now.positives / (now.positives + now.negatives);
    area += (now.positives - before.positives) * precision;
  });
  return area / all.positives;
}

// ---- The table ----

template <typename Accumulator>
std::unique_ptr<MetricAccumulator> Make(const MetricShape& shape, const double* parameters,
                                        ArenaLayout& layout) {
  return std::make_unique<Accumulator>(shape, parameters, layout);
}

constexpr MetricTasks kAnswers =
    MetricTask::kOneOfSeveral | MetricTask::kYesOrNo | MetricTask::kLabels;
constexpr MetricTasks kAnything = kAnswers | MetricTask::kNumbers;
constexpr auto kLow = MetricDirection::kMinimize;
constexpr auto kHigh = MetricDirection::kMaximize;

constexpr double kMostClasses = 2147483647.0;
constexpr const char* kClassName = "class";

constexpr ParameterInfo ClassParameter(const char* description) {
  return {.name = kClassName,
          .fallback = -1,
          .minimum = -1,
          .maximum = kMostClasses,
          .is_whole = true,
          .description = description};
}

constexpr ParameterInfo kTopK[] = {{.name = "k",
                                    .fallback = 5,
                                    .minimum = 1,
                                    .maximum = kMostClasses,
                                    .is_whole = true,
                                    .description = "How many of the largest outputs count."}};

constexpr const char* kAverages[] = {"macro", "micro"};
constexpr ParameterInfo kClassAverage[] = {
    {.name = "average",
     .fallback = 0,
     .minimum = 0,
     .maximum = 1,
     .choices = kAverages,
     .description = "'macro': the mean over the classes that occur in answers or targets, each "
                    "counting the same. 'micro': from the counts of all classes together."},
    ClassParameter("Of this class alone, in place of an average; -1 for none.")};

constexpr ParameterInfo kOneClass[] = {
    ClassParameter("Of this class against the others; -1 for the mean over all classes.")};

constexpr MetricRow kRows[] = {
    {.info = {"accuracy",
              "share of right answers",
              "The largest output is the answer; independent outputs (sigmoid) answer yes above "
              "0.5.",
              {}},
     .direction = kHigh,
     .tasks = kAnything,
     .make = &Make<MeanOfRows<&Accuracy>>},
    {.info = {"topKAccuracy", "share of rows whose class is among the k largest outputs",
              "Of equal outputs the last one counts as the largest, as in scikit-learn.", kTopK},
     .direction = kHigh,
     .tasks = static_cast<MetricTasks>(MetricTask::kOneOfSeveral),
     .make = &Make<MeanOfRows<&IsAmongLargest>>},
    {.info = {"precision", "hits / answered",
              "Of the rows for which a class was answered, the share that is of it. 0 for a class "
              "that was never answered.",
              kClassAverage},
     .direction = kHigh,
     .tasks = kAnswers,
     .make = &Make<ScoreOfCounts<&Precision>>},
    {.info = {"recall", "hits / actual",
              "Of the rows of a class, the share for which it was answered. 0 for a class without "
              "rows.",
              kClassAverage},
     .direction = kHigh,
     .tasks = kAnswers,
     .make = &Make<ScoreOfCounts<&Recall>>},
    {.info = {"f1", "2 hits / (answered + actual)",
              "The harmonic mean of precision and recall, class by class.", kClassAverage},
     .direction = kHigh,
     .tasks = kAnswers,
     .make = &Make<ScoreOfCounts<&F1>>},
    {.info = {"rocAuc", "P(score of a positive row > score of a negative one) + P(equal) / 2",
              "The area under the receiver operating characteristic. Known at the end of an epoch; "
              "keeps 8 bytes for each row and class.",
              kOneClass},
     .direction = kHigh,
     .tasks = kAnswers,
     .running = false,
     .needs = MetricNeeds::kBothLabels,
     .make = &Make<AreaUnderCurve<&RocArea>>},
    {.info = {"prAuc", "sum over the distinct scores of precision * (rise of recall)",
              "The area under precision over recall, as average precision, without interpolation. "
              "Known at the end of an epoch; keeps 8 bytes for each row and class.",
              kOneClass},
     .direction = kHigh,
     .tasks = kAnswers,
     .running = false,
     .needs = MetricNeeds::kPositives,
     .make = &Make<AreaUnderCurve<&PrecisionRecallArea>>},
    {.info = {"logLoss",
              "mean of -log p, p >= 2^-52",
              "p is the probability of the class of the row; of labels, the mean over them.",
              {}},
     .direction = kLow,
     .tasks = kAnswers,
     .of_probabilities = true,
     .make = &Make<MeanOfRows<&LogLoss>>},
    {.info = {"meanSquaredError", "mean of (y - t)^2", "Averaged over outputs and rows.", {}},
     .direction = kLow,
     .tasks = kAnything,
     .make = &Make<MeanOfRows<&SquaredError>>},
    {.info = {"rootMeanSquaredError",
              "sqrt(mean of (y - t)^2)",
              "The mean is over outputs and rows.",
              {}},
     .direction = kLow,
     .tasks = kAnything,
     .make = &Make<MeanOfRows<&SquaredError, &Root>>},
    {.info = {"meanAbsoluteError", "mean of |y - t|", "Averaged over outputs and rows.", {}},
     .direction = kLow,
     .tasks = kAnything,
     .make = &Make<MeanOfRows<&AbsoluteError>>},
    {.info =
         {"r2",
          "1 - sum of (t - y)^2 / sum of (t - mean t)^2",
          "The coefficient of determination, averaged over the outputs. An output of equal "
          "targets counts 1 where it is exact, else 0, as in scikit-learn; of a single row it is "
          "undefined.",
          {}},
     .direction = kHigh,
     .tasks = kAnything,
     .needs = MetricNeeds::kTwoRows,
     .make = &Make<Determination>},
};

}  // namespace

int64_t MetricInput::Answer() const {
  if (columns == 1) return IsYes(static_cast<double>(outputs[0])) ? 1 : 0;
  return IndexOfLargest(columns, [&](int64_t j) { return outputs[j]; });
}

int64_t MetricInput::Truth() const {
  if (targets == nullptr) return target_class;
  if (columns == 1) return IsYes(static_cast<double>(targets[0])) ? 1 : 0;
  return IndexOfLargest(columns, [&](int64_t j) { return targets[j]; });
}

MetricInput MeasuredBatch::Row(int64_t row) const {
  return {outputs.Row(row), classes == nullptr ? targets.Row(row) : nullptr,
          classes == nullptr ? 0 : classes[row], outputs.columns, independent_outputs};
}

int64_t MetricRow::ClassOf(const double* parameters) const {
  for (size_t i = 0; i < info.parameters.size(); ++i) {
    if (info.parameters[i].name == std::string_view(kClassName)) {
      return static_cast<int64_t>(parameters[i]);
    }
  }
  return -1;
}

std::span<const MetricRow> Metrics() { return kRows; }

}  // namespace layerwise
