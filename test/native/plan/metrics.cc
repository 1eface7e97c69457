// Metrics against naive twins: definitions computed the slow way, in double precision.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "native/core/arena.h"
#include "native/core/thread_pool.h"
#include "native/kernels/choice.h"
#include "native/plan/metrics.h"
#include "test/native/plan/support.h"

namespace layerwise::testing {
namespace {

// ---- Rows to measure ----

struct Rows {
  MetricTask task;
  int64_t columns;
  bool has_classes = false;
  std::vector<float> outputs = {};    // (rows, columns)
  std::vector<float> targets = {};    // (rows, columns)
  std::vector<int32_t> classes = {};  // (rows)
  std::vector<float> weights = {};    // (rows), or empty

  int64_t rows() const { return static_cast<int64_t>(outputs.size()) / columns; }
  double Output(int64_t i, int64_t j) const { return At(outputs, i * columns + j); }
  double Target(int64_t i, int64_t j) const { return At(targets, i * columns + j); }
  double Weight(int64_t i) const { return weights.empty() ? 1.0 : At(weights, i); }
  bool IsLabels() const { return task == MetricTask::kLabels; }
  int64_t Classes() const { return task == MetricTask::kYesOrNo ? 2 : columns; }
  bool Answers(int64_t i, int64_t of_class) const { return Says(outputs, i, of_class); }
  bool Is(int64_t i, int64_t of_class) const { return Says(targets, i, of_class); }
  double Score(int64_t i, int64_t of_class) const {
    if (task != MetricTask::kYesOrNo) return Output(i, of_class);
    return of_class == 1 ? Output(i, 0) : -Output(i, 0);
  }

 private:
  static double At(const std::vector<float>& values, int64_t i) {
    return static_cast<double>(values[static_cast<size_t>(i)]);
  }
  bool Says(const std::vector<float>& values, int64_t i, int64_t of_class) const {
    const auto at = [&](int64_t j) { return At(values, i * columns + j); };
    if (task == MetricTask::kLabels) return at(of_class) > 0.5;
    if (task == MetricTask::kYesOrNo) return (at(0) > 0.5) == (of_class == 1);
    for (int64_t j = 0; j < columns; ++j) {
      if (at(j) > at(of_class) || (at(j) == at(of_class) && j < of_class)) return false;
    }
    return true;
  }
};

// Outputs in steps of 1/8, so that many are equal.
Rows RandomRows(MetricTask task, int64_t columns, int64_t count, bool weighted, uint64_t seed) {
  Generator random(seed);
  Rows rows{task, columns};
  for (int64_t i = 0; i < count; ++i) {
    const auto truth = static_cast<int32_t>(random.Integer(0, columns - 1));
    rows.classes.push_back(truth);
    for (int64_t j = 0; j < columns; ++j) {
      rows.outputs.push_back(static_cast<float>(random.Integer(0, 8)) / 8.0f);
      const bool is_choice = task == MetricTask::kOneOfSeveral;
      rows.targets.push_back(is_choice ? static_cast<float>(j == truth)
                             : task == MetricTask::kNumbers
                                 ? random.Float(-1, 1)
                                 : static_cast<float>(random.Integer(0, 1)));
    }
    if (weighted) rows.weights.push_back(static_cast<float>(random.Integer(0, 3)) / 2.0f);
  }
  rows.has_classes = task == MetricTask::kOneOfSeveral && seed % 2 == 0;
  return rows;
}

// A matrix of them without padding.
MatrixView View(const std::vector<float>& values, int64_t first_row, int64_t columns) {
  return {const_cast<float*>(values.data()) + first_row * columns, columns, columns};
}

double Measure(const Value& metric, const Rows& rows, int64_t batch_rows, int threads = 1) {
  const Choice choice = ReadChoice(ValueReader(metric, "metric"), Metrics());
  ArenaLayout layout;
  const auto accumulator = Metrics()[choice.row].make(
      {rows.task, rows.columns, rows.rows(), batch_rows}, choice.parameters.data(), layout);
  const Arena arena(layout);
  accumulator->Bind(arena);
  ThreadPool pool(threads);
  double value = 0;
  // Twice: what is left of an epoch may not disturb the next one.
  for (int epoch = 0; epoch < 2; ++epoch) {
    accumulator->Begin();
    for (int64_t at = 0; at < rows.rows(); at += batch_rows) {
      MeasuredBatch batch{pool};
      batch.rows = std::min(batch_rows, rows.rows() - at);
      batch.outputs = View(rows.outputs, at, rows.columns);
      if (rows.has_classes) {
        batch.classes = rows.classes.data() + at;
      } else {
        batch.targets = View(rows.targets, at, rows.columns);
      }
      if (!rows.weights.empty()) batch.weights = rows.weights.data() + at;
      batch.independent_outputs = rows.IsLabels();
      accumulator->Add(batch);
    }
    value = accumulator->Finish();
  }
  return value;
}

// ---- Twins ----

template <typename F>
double WeightedMean(const Rows& rows, F&& of_row) {
  double sum = 0;
  double weight = 0;
  for (int64_t i = 0; i < rows.rows(); ++i) {
    sum += rows.Weight(i) * of_row(i);
    weight += rows.Weight(i);
  }
  return sum / weight;
}

template <typename F>
double MeanOfColumns(const Rows& rows, F&& of_column) {
  double sum = 0;
  for (int64_t j = 0; j < rows.columns; ++j) sum += of_column(j);
  return sum / static_cast<double>(rows.columns);
}

double AccuracyTwin(const Rows& rows) {
  return WeightedMean(rows, [&](int64_t i) {
    int64_t right = 0;
    for (int64_t c = 0; c < rows.Classes(); ++c)
      right += rows.Answers(i, c) == rows.Is(i, c) ? 1 : 0;
    if (rows.IsLabels()) return static_cast<double>(right) / static_cast<double>(rows.columns);
    return right == rows.Classes() ? 1.0 : 0.0;
  });
}

double TopKTwin(const Rows& rows, int64_t k) {
  return WeightedMean(rows, [&](int64_t i) {
    for (int64_t c = 0; c < rows.columns; ++c) {
      if (!rows.Is(i, c)) continue;
      int64_t above = 0;
      for (int64_t j = 0; j < rows.columns; ++j) {
        const bool is_tie = rows.Output(i, j) == rows.Output(i, c);
        above += rows.Output(i, j) > rows.Output(i, c) || (is_tie && j > c) ? 1 : 0;
      }
      return above < k ? 1.0 : 0.0;
    }
    return 0.0;
  });
}

struct Counts {
  double hits = 0;
  double answered = 0;
  double actual = 0;
};

Counts CountsOf(const Rows& rows, int64_t of_class) {
  Counts counts;
  for (int64_t i = 0; i < rows.rows(); ++i) {
    if (rows.Answers(i, of_class)) counts.answered += rows.Weight(i);
    if (rows.Is(i, of_class)) counts.actual += rows.Weight(i);
    if (rows.Answers(i, of_class) && rows.Is(i, of_class)) counts.hits += rows.Weight(i);
  }
  return counts;
}

double ScoreTwin(const std::string& name, const Counts& of) {
  const double whole = name == "precision" ? of.answered
                       : name == "recall"  ? of.actual
                                           : (of.answered + of.actual) / 2;
  return whole == 0 ? 0 : of.hits / whole;
}

double MacroTwin(const std::string& name, const Rows& rows) {
  double sum = 0;
  double occurring = 0;
  for (int64_t c = 0; c < rows.Classes(); ++c) {
    const Counts counts = CountsOf(rows, c);
    if (counts.answered + counts.actual == 0) continue;
    sum += ScoreTwin(name, counts);
    ++occurring;
  }
  return sum / occurring;
}

double MicroTwin(const std::string& name, const Rows& rows) {
  Counts all;
  for (int64_t c = 0; c < rows.Classes(); ++c) {
    const Counts counts = CountsOf(rows, c);
    all.hits += counts.hits;
    all.answered += counts.answered;
    all.actual += counts.actual;
  }
  return ScoreTwin(name, all);
}

// Pairs of rows, of which the positive one should have the higher score.
double RocTwin(const Rows& rows, int64_t of_class) {
  double right = 0;
  double pairs = 0;
  for (int64_t i = 0; i < rows.rows(); ++i) {
    for (int64_t j = 0; j < rows.rows(); ++j) {
      if (!rows.Is(i, of_class) || rows.Is(j, of_class)) continue;
      const double pair = rows.Weight(i) * rows.Weight(j);
      const double difference = rows.Score(i, of_class) - rows.Score(j, of_class);
      right += pair * (difference > 0 ? 1.0 : difference == 0 ? 0.5 : 0.0);
      pairs += pair;
    }
  }
  return right / pairs;
}

// The mean over the positive rows of the precision at their score.
double PrTwin(const Rows& rows, int64_t of_class) {
  double sum = 0;
  double weight = 0;
  for (int64_t i = 0; i < rows.rows(); ++i) {
    if (!rows.Is(i, of_class)) continue;
    double positives = 0;
    double all = 0;
    for (int64_t j = 0; j < rows.rows(); ++j) {
      if (rows.Score(j, of_class) < rows.Score(i, of_class)) continue;
      all += rows.Weight(j);
      if (rows.Is(j, of_class)) positives += rows.Weight(j);
    }
    if (rows.Weight(i) > 0) sum += rows.Weight(i) * positives / all;
    weight += rows.Weight(i);
  }
  return sum / weight;
}

template <typename F>
double AreaTwin(const Rows& rows, F&& of_class) {
  if (rows.task == MetricTask::kYesOrNo) return of_class(1);
  double sum = 0;
  double defined = 0;
  for (int64_t c = 0; c < rows.columns; ++c) {
    const double area = of_class(c);
    if (std::isnan(area)) continue;
    sum += area;
    ++defined;
  }
  return sum / defined;
}

double LogLossTwin(const Rows& rows) {
  const auto loss = [](double p) { return -std::log(std::fmax(p, 0x1p-52)); };
  return WeightedMean(rows, [&](int64_t i) {
    if (rows.task == MetricTask::kOneOfSeveral) {
      double sum = 0;
      for (int64_t c = 0; c < rows.columns; ++c) sum += rows.Is(i, c) ? loss(rows.Output(i, c)) : 0;
      return sum;
    }
    return MeanOfColumns(rows, [&](int64_t j) {
      const double y = rows.Output(i, j);
      return loss(rows.Target(i, j) > 0.5 ? y : 1 - y);
    });
  });
}

double DeterminationTwin(const Rows& rows) {
  return MeanOfColumns(rows, [&](int64_t j) {
    const double mean = WeightedMean(rows, [&](int64_t i) { return rows.Target(i, j); });
    double residual = 0;
    double total = 0;
    for (int64_t i = 0; i < rows.rows(); ++i) {
      residual += rows.Weight(i) * std::pow(rows.Target(i, j) - rows.Output(i, j), 2);
      total += rows.Weight(i) * std::pow(rows.Target(i, j) - mean, 2);
    }
    if (residual == 0) return 1.0;
    return total == 0 ? 0.0 : 1 - residual / total;
  });
}

double ErrorTwin(const Rows& rows, double power) {
  return WeightedMean(rows, [&](int64_t i) {
    return MeanOfColumns(rows, [&](int64_t j) {
      return std::pow(std::fabs(rows.Output(i, j) - rows.Target(i, j)), power);
    });
  });
}

// A metric with what it should be.
using Expected = std::pair<Value, double>;

std::vector<Expected> TwinsOf(const Rows& rows) {
  const double squared = ErrorTwin(rows, 2);
  std::vector<Expected> expected = {{"meanSquaredError", squared},
                                    {"rootMeanSquaredError", std::sqrt(squared)},
                                    {"meanAbsoluteError", ErrorTwin(rows, 1)},
                                    {"r2", DeterminationTwin(rows)}};
  const auto add = [&](const std::string& name, Value::Object parameters, double value) {
    parameters.emplace_back("type", name);
    expected.emplace_back(std::move(parameters), value);
  };
  if (rows.task == MetricTask::kNumbers) return expected;
  add("accuracy", {}, AccuracyTwin(rows));
  if (rows.task == MetricTask::kOneOfSeveral) {
    for (const int64_t k : {1, 2, 5}) add("topKAccuracy", {{"k", k}}, TopKTwin(rows, k));
  }
  for (const std::string name : {"precision", "recall", "f1"}) {
    add(name, {}, MacroTwin(name, rows));
    add(name, {{"average", "micro"}}, MicroTwin(name, rows));
    for (int64_t c = 0; c < rows.Classes(); ++c) {
      add(name, {{"class", c}}, ScoreTwin(name, CountsOf(rows, c)));
    }
  }
  add("logLoss", {}, LogLossTwin(rows));
  add("rocAuc", {}, AreaTwin(rows, [&](int64_t c) { return RocTwin(rows, c); }));
  add("prAuc", {}, AreaTwin(rows, [&](int64_t c) { return PrTwin(rows, c); }));
  for (int64_t c = 0; c < rows.Classes(); ++c) {
    add("rocAuc", {{"class", c}}, RocTwin(rows, c));
    add("prAuc", {{"class", c}}, PrTwin(rows, c));
  }
  return expected;
}

constexpr std::pair<MetricTask, int64_t> kTasks[] = {
    {MetricTask::kOneOfSeveral, 2}, {MetricTask::kOneOfSeveral, 5}, {MetricTask::kYesOrNo, 1},
    {MetricTask::kLabels, 4},       {MetricTask::kNumbers, 1},      {MetricTask::kNumbers, 3}};

TEST(MetricsEqualTheirNaiveTwinsInEveryCut) {
  uint64_t seed = 0;
  for (const auto& [task, columns] : kTasks) {
    for (const bool weighted : {false, true}) {
      for (int turn = 0; turn < 2; ++turn) {
        const Rows rows = RandomRows(task, columns, 61, weighted, seed++);
        for (const auto& [metric, expected] : TwinsOf(rows)) {
          for (const int64_t batch_rows : {1, 7, 61, 100}) {
            EXPECT_NEAR(Measure(metric, rows, batch_rows), expected, 1e-9)
                << metric.Describe() << " of task " << static_cast<unsigned>(task)
                << " in batches of " << batch_rows;
          }
        }
      }
    }
  }
}

TEST(MetricsAreTheSameBitsWithAnyNumberOfThreads) {
  // Large enough for several threads.
  for (const MetricTask task : {MetricTask::kOneOfSeveral, MetricTask::kNumbers}) {
    const Rows rows = RandomRows(task, 130, 300, true, 4);
    for (const MetricRow& row : Metrics()) {
      if (!Contains(row.tasks, task)) continue;
      const double alone = Measure(row.info.name, rows, 200, 1);
      for (const int threads : {2, 3}) {
        EXPECT_EQ(Measure(row.info.name, rows, 200, threads), alone) << row.info.name;
      }
    }
  }
}

TEST(MetricsByHand) {
  const auto rows = [](MetricTask task, int64_t columns, std::vector<float> outputs,
                       std::vector<float> targets) {
    return Rows{task, columns, false, std::move(outputs), std::move(targets)};
  };
  const Rows choice = rows(MetricTask::kOneOfSeveral, 3, {0.2f, 0.5f, 0.3f}, {0, 1, 0});
  EXPECT_EQ(Measure("accuracy", choice, 1), 1.0);
  const Rows labels = rows(MetricTask::kLabels, 4, {0.6f, 0.4f, 0.7f, 0.5f}, {1, 1, 0, 0});
  EXPECT_EQ(Measure("accuracy", labels, 1), 0.5);
  const Rows numbers = rows(MetricTask::kNumbers, 2, {1, 4}, {0, 1});
  EXPECT_NEAR(Measure("meanSquaredError", numbers, 1), 5.0, 1e-12);
  // scikit-learn's examples of roc_auc_score and average_precision_score.
  const Rows scores = rows(MetricTask::kYesOrNo, 1, {0.1f, 0.4f, 0.35f, 0.8f}, {0, 0, 1, 1});
  EXPECT_NEAR(Measure("rocAuc", scores, 4), 0.75, 1e-12);
  EXPECT_NEAR(Measure("prAuc", scores, 4), 5.0 / 6, 1e-12);
  // An output of equal targets: exact, and not.
  EXPECT_EQ(Measure("r2", rows(MetricTask::kNumbers, 1, {2, 2}, {2, 2}), 2), 1.0);
  EXPECT_EQ(Measure("r2", rows(MetricTask::kNumbers, 1, {2, 3}, {2, 2}), 2), 0.0);
  // A class that nobody answered, and one without rows.
  const Rows missed = rows(MetricTask::kYesOrNo, 1, {0, 0}, {0, 1});
  EXPECT_EQ(Measure(Value::Object{{"type", "precision"}, {"class", 1}}, missed, 2), 0.0);
  const Rows absent = rows(MetricTask::kYesOrNo, 1, {0, 1}, {0, 0});
  EXPECT_EQ(Measure(Value::Object{{"type", "recall"}, {"class", 1}}, absent, 2), 0.0);
}

TEST(AreasOfScoresThatAreNoNumbersAreNone) {
  const float nan = std::nanf("");
  Rows rows{MetricTask::kYesOrNo, 1, false, {0.1f, nan, nan, 0.3f}, {0, 1, 0, 1}};
  EXPECT_TRUE(std::isnan(Measure("rocAuc", rows, 2)));
  EXPECT_TRUE(std::isnan(Measure("prAuc", rows, 4)));
}

}  // namespace
}  // namespace layerwise::testing
