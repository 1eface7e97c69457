// Metrics against naive twins: definitions computed the slow way, in double precision.
#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "native/core/error.h"
#include "native/core/thread_pool.h"
#include "native/network/choice.h"
#include "native/network/network.h"
#include "native/plan/metrics.h"
#include "native/training/evaluation.h"
#include "native/training/run.h"
#include "native/training/schedules.h"
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
  std::vector<Expected> expected = {{"accuracy", AccuracyTwin(rows)},
                                    {"meanSquaredError", squared},
                                    {"rootMeanSquaredError", std::sqrt(squared)},
                                    {"meanAbsoluteError", ErrorTwin(rows, 1)},
                                    {"r2", DeterminationTwin(rows)}};
  const auto add = [&](const std::string& name, Value::Object parameters, double value) {
    parameters.emplace_back("type", name);
    expected.emplace_back(std::move(parameters), value);
  };
  if (rows.task == MetricTask::kNumbers) return expected;
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

// ---- In evaluations and runs ----

EvaluationResult EvaluateMetrics(const std::shared_ptr<Network>& network,
                                 const std::shared_ptr<Dataset>& data, const std::string& loss,
                                 Value::Array metrics, int64_t batch_size = 16, int threads = 1) {
  Evaluation evaluation(network, data,
                        Value::Object{{"loss", loss},
                                      {"metrics", std::move(metrics)},
                                      {"batchSize", batch_size},
                                      {"threads", threads}});
  return evaluation.Execute(std::atomic<bool>(false));
}

TEST(EvaluationsCountRowsByTheirWeights) {
  // A weight of 2 is a row twice, and a weight of 0 no row.
  auto network = std::make_shared<Network>(Spec(2, {Dense(3, "softmax")}));
  Generator random(3);
  const auto dataset = [&](int64_t rows, bool weighted) {
    return std::make_shared<Dataset>(Value(Value::Object{{"rows", rows},
                                                         {"columns", 2},
                                                         {"inputType", "float32"},
                                                         {"target", "classes"},
                                                         {"targetColumns", 3},
                                                         {"weights", weighted}}));
  };
  std::vector<float> inputs(60);
  random.Fill(inputs.data(), 60, -3, 3);
  std::vector<int32_t> classes(30);
  std::vector<float> weights(30);
  std::vector<float> repeated_inputs;
  std::vector<int32_t> repeated_classes;
  for (size_t i = 0; i < 30; ++i) {
    classes[i] = static_cast<int32_t>(random.Integer(0, 2));
    const int64_t times = random.Integer(0, 2);
    weights[i] = static_cast<float>(times);
    for (int64_t t = 0; t < times; ++t) {
      repeated_inputs.insert(repeated_inputs.end(), {inputs[2 * i], inputs[2 * i + 1]});
      repeated_classes.push_back(classes[i]);
    }
  }
  const auto weighted = dataset(30, true);
  weighted->WriteInputs(0, std::span<const float>(inputs));
  weighted->WriteTargets(0, std::span<const int32_t>(classes));
  weighted->WriteWeights(0, std::span<const float>(weights));
  const auto repeated = dataset(static_cast<int64_t>(repeated_classes.size()), false);
  repeated->WriteInputs(0, std::span<const float>(repeated_inputs));
  repeated->WriteTargets(0, std::span<const int32_t>(repeated_classes));
  Value::Array all;
  for (const MetricRow& row : Metrics()) all.emplace_back(row.info.name);
  const EvaluationResult a = EvaluateMetrics(network, weighted, "crossEntropy", all, 7);
  const EvaluationResult b = EvaluateMetrics(network, repeated, "crossEntropy", all, 8);
  for (size_t m = 0; m < all.size(); ++m) {
    EXPECT_NEAR(a.metrics[m], b.metrics[m], 1e-9) << Metrics()[m].info.name;
  }
}

TEST(MetricsOfARunAreThoseOfItsRows) {
  // A network that does not learn: the epoch measures what an evaluation does.
  auto network = std::make_shared<Network>(Spec(4, {Dense(3, "softmax")}));
  const std::shared_ptr<Dataset> data = RandomData(50, 4, "classes", 3, 5);
  const std::shared_ptr<Dataset> held_out = RandomData(40, 4, "classes", 3, 6);
  Value::Array all;
  for (const MetricRow& row : Metrics()) all.emplace_back(row.info.name);
  Value options =
      RunOptions(2, 8, Value::Object{{"type", "sgd"}, {"learningRate", 0}}, "crossEntropy");
  options.Set("metrics", all);
  options.Set("progressIntervalMs", 0);
  Run run(network, data, held_out, options);
  RecordingSink sink;
  const RunHistory history = run.Execute(sink);
  const EvaluationResult training = EvaluateMetrics(network, data, "crossEntropy", all);
  const EvaluationResult validation = EvaluateMetrics(network, held_out, "crossEntropy", all);
  for (size_t m = 0; m < all.size(); ++m) {
    for (const EpochEvent& epoch : history.epochs) {
      EXPECT_NEAR(epoch.training.metrics[m], training.metrics[m], 1e-6) << Metrics()[m].info.name;
      EXPECT_NEAR(epoch.validation.metrics[m], validation.metrics[m], 1e-6)
          << Metrics()[m].info.name;
    }
    ASSERT_TRUE(!sink.progress.empty());
    EXPECT_EQ(std::isnan(sink.progress[0].training.metrics[m]), !Metrics()[m].running);
  }
}

struct Misfit {
  Value spec;
  const char* target;
  const char* loss;
  Value metric;
  const char* path;
};

TEST(MetricsThatDoNotFitAreRefused) {
  const Value softmax = Spec(3, {Dense(2, "softmax")});
  const Value sigmoid = Spec(3, {Dense(2, "sigmoid")});
  const Value linear = Spec(3, {Dense(2, "linear")});
  const auto with = [](const char* type, const char* name, const Value& value) {
    return Value(Value::Object{{"type", type}, {name, value}});
  };
  const std::vector<Misfit> table = {
      {linear, "matrix", "meanSquaredError", "f1", "metrics[1]"},
      {linear, "matrix", "meanSquaredError", "rocAuc", "metrics[1]"},
      {sigmoid, "matrix", "binaryCrossEntropy", "topKAccuracy", "metrics[1]"},
      {softmax, "matrix", "crossEntropy", with("topKAccuracy", "k", 0), "metrics[1].k"},
      {softmax, "matrix", "crossEntropy", with("topKAccuracy", "k", 1.5), "metrics[1].k"},
      {softmax, "classes", "crossEntropy", with("f1", "class", 2), "metrics[1].class"},
      {softmax, "classes", "crossEntropy", with("f1", "average", "weighted"), "metrics[1].average"},
      {softmax, "classes", "crossEntropy", with("rocAuc", "class", 2), "metrics[1].class"},
      {softmax, "classes", "crossEntropy", "f2", "metrics[1]"},
      {Spec(2, {Dense(2, "sigmoid")}), "input", "binaryCrossEntropy", "recall", "metrics[1]"},
  };
  for (const Misfit& misfit : table) {
    auto network = std::make_shared<Network>(misfit.spec);
    const std::shared_ptr<Dataset> data =
        RandomData(10, network->spec().input_size, misfit.target, 2, 1);
    try {
      EvaluateMetrics(network, data, misfit.loss, {Value("accuracy"), misfit.metric});
      EXPECT_TRUE(false) << misfit.path;
    } catch (const Error& error) {
      EXPECT_EQ(error.path(), misfit.path) << error.what();
      EXPECT_TRUE(error.kind() == ErrorKind::kArgument) << error.what();
    }
  }
}

TEST(AreasWithoutALabelAreErrorsOfTheData) {
  auto network = std::make_shared<Network>(Spec(1, {Dense(1, "sigmoid")}));
  auto data = std::make_shared<Dataset>(Value(Value::Object{{"rows", 3},
                                                            {"columns", 1},
                                                            {"inputType", "float32"},
                                                            {"target", "matrix"},
                                                            {"targetColumns", 1}}));
  const std::vector<float> inputs = {1, 2, 3};
  const std::vector<float> targets = {1, 1, 1};
  data->WriteInputs(0, std::span<const float>(inputs));
  data->WriteTargets(0, std::span<const float>(targets));
  EXPECT_THROWS(EvaluateMetrics(network, data, "binaryCrossEntropy", {Value("rocAuc")}),
                "rows of label 0");
  EXPECT_EQ(EvaluateMetrics(network, data, "binaryCrossEntropy", {Value("prAuc")}).metrics[0], 1.0);
  const Value of_class_0 = Value::Object{{"type", "prAuc"}, {"class", 0}};
  EXPECT_THROWS(EvaluateMetrics(network, data, "binaryCrossEntropy", {of_class_0}),
                "rows of class 0");
}

// ---- Monitors ----

Value MonitoringOptions(const char* monitor, Value::Object stopping) {
  Value options =
      RunOptions(30, 8, Value::Object{{"type", "sgd"}, {"learningRate", 0.5}}, "crossEntropy");
  options.Set("metrics", Value::Array{Value("meanAbsoluteError"), Value("f1")});
  options.Set("monitor", monitor);
  options.Set("earlyStopping", std::move(stopping));
  return options;
}

RunHistory TrainMonitored(const std::shared_ptr<Network>& network, const Value& options) {
  Run run(network, RandomData(40, 4, "classes", 3, 5), RandomData(30, 4, "classes", 3, 6), options);
  RecordingSink sink;
  return run.Execute(sink);
}

TEST(AMonitoredMetricDecidesWhichEpochIsBest) {
  const auto f1 = [](const EpochEvent& epoch) { return -epoch.validation.metrics[1]; };
  const auto error = [](const EpochEvent& epoch) { return epoch.validation.metrics[0]; };
  const auto training_error = [](const EpochEvent& epoch) { return epoch.training.metrics[0]; };
  const std::vector<std::pair<const char*, std::function<double(const EpochEvent&)>>> table = {
      {"validation.f1", f1},
      {"validation.meanAbsoluteError", error},
      {"meanAbsoluteError", training_error},
      {"validation.loss", [](const EpochEvent& epoch) { return epoch.validation.loss; }}};
  for (const auto& [monitor, score] : table) {
    auto network = std::make_shared<Network>(Spec(4, {Dense(9, "tanh"), Dense(3, "softmax")}));
    const RunHistory history =
        TrainMonitored(network, MonitoringOptions(monitor, {{"patience", 99}}));
    ASSERT_EQ(history.epochs.size(), 30U);
    const auto best = std::min_element(
        history.epochs.begin(), history.epochs.end(),
        [&](const EpochEvent& a, const EpochEvent& b) { return score(a) < score(b); });
    EXPECT_EQ(history.best_epoch, best->epoch) << monitor;
    const EvaluationResult restored =
        EvaluateMetrics(network, RandomData(30, 4, "classes", 3, 6), "crossEntropy",
                        {Value("meanAbsoluteError"), Value("f1")});
    EXPECT_NEAR(restored.metrics[1], best->validation.metrics[1], 1e-9) << monitor;
  }
}

TEST(TheMonitorOfEarlyStoppingGoesBeforeThatOfTheRun) {
  auto network = std::make_shared<Network>(Spec(4, {Dense(3, "softmax")}));
  const Value options = MonitoringOptions("validation.f1", {{"patience", 99}, {"monitor", "loss"}});
  const RunHistory history = TrainMonitored(network, options);
  // The loss of the training falls from epoch to epoch.
  EXPECT_EQ(history.best_epoch, 30);
}

TEST(MonitorsThatAreNotMeasuredAreRefused) {
  auto network = std::make_shared<Network>(Spec(4, {Dense(3, "softmax")}));
  EXPECT_THROWS(TrainMonitored(network, MonitoringOptions("recall", {})),
                "monitor: expected one of loss, meanAbsoluteError, f1");
  EXPECT_THROWS(TrainMonitored(network, MonitoringOptions("f1", {{"monitor", "validation.r2"}})),
                "earlyStopping.monitor: expected one of");
  const Value options = MonitoringOptions("validation.f1", {});
  EXPECT_THROWS(Run(network, RandomData(40, 4, "classes", 3, 5), nullptr, options),
                "there is no validation");
}

TEST(PlateausOfScoresBelowZeroAreNoticed) {
  // As of metrics that are to rise: their scores are negative.
  const auto rate_after = [](const std::vector<double>& scores) {
    const Value schedule = Value::Object{
        {"type", "reduceOnPlateau"}, {"patience", 1}, {"threshold", 0.01}, {"factor", 0.5}};
    LearningRate rate(ReadChoice(ValueReader(schedule, ""), Schedules()), 1.0, 100, 1);
    for (const double score : scores) rate.EpochEnded(score);
    return rate.At(static_cast<int64_t>(scores.size()));
  };
  EXPECT_EQ(rate_after({-0.5, -0.6, -0.7, -0.8, -0.9}), 1.0);
  EXPECT_EQ(rate_after({-0.5, -0.5, -0.5}), 0.5);
  EXPECT_EQ(rate_after({-0.5, -0.501, -0.502}), 0.5);  // less than the threshold
  EXPECT_EQ(rate_after({0.5, 0.5, 0.5}), 0.5);
  EXPECT_EQ(rate_after({0.5, 0.4, 0.3}), 1.0);
}

}  // namespace
}  // namespace layerwise::testing
