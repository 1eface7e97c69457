// The kinds of accumulators that the rows of the table of metrics choose from.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <type_traits>

#include "native/core/arena.h"
#include "native/core/thread_pool.h"
#include "native/plan/metrics.h"

namespace layerwise {

// Nothing out of nothing counts as 0, as in scikit-learn.
inline double Ratio(double part, double whole) { return whole == 0 ? 0 : part / whole; }

// Runs fn(first, end) over stretches of [0, count), on several threads where there are so many
// elements that it pays.
template <typename F>
void ForStretches(ThreadPool& pool, int64_t count, int64_t stretch, int64_t elements, F&& fn) {
  constexpr int64_t kParallelElements = 16 * 1024;
  if (elements < kParallelElements) {
    fn(int64_t{0}, count);
    return;
  }
  pool.Run((count + stretch - 1) / stretch,
           [&](int64_t task, int) { fn(task * stretch, std::min(count, (task + 1) * stretch)); });
}

// The doubles that a structure is nothing but, one after the other.
template <typename Numbers>
std::span<double> AsNumbers(std::span<Numbers> all) {
  static_assert(std::is_standard_layout_v<Numbers> && sizeof(Numbers) % sizeof(double) == 0);
  return {reinterpret_cast<double*>(all.data()), all.size_bytes() / sizeof(double)};
}

inline double Unchanged(double mean) { return mean; }

// The mean over the rows, each counting by its weight, of a function of the row.
template <double (*kOfRow)(const MetricInput&, const double* parameters),
          double (*kOfMean)(double) = &Unchanged>
class MeanOfRows final : public MetricAccumulator {
 public:
  MeanOfRows(const MetricShape& shape, const double* parameters, ArenaLayout& layout)
      : parameters_(parameters),
        values_slot_(layout.Reserve<double>(static_cast<size_t>(shape.batch_rows))) {}

  void Bind(const Arena& arena) override { values_ = arena.At(values_slot_); }
  void Begin() override { sum_ = weight_ = 0; }

  void Add(const MeasuredBatch& batch) override {
    constexpr int64_t kRowsInTask = 16;
    const int64_t elements = batch.rows * batch.outputs.columns;
    ForStretches(batch.pool, batch.rows, kRowsInTask, elements, [&](int64_t first, int64_t end) {
      for (int64_t i = first; i < end; ++i) values_[i] = kOfRow(batch.Row(i), parameters_);
    });
    for (int64_t i = 0; i < batch.rows; ++i) {
      sum_ += batch.Weight(i) * values_[i];
      weight_ += batch.Weight(i);
    }
  }

  double Finish() override { return kOfMean(Ratio(sum_, weight_)); }

  void Visit(StateArchive& archive) override {
    archive.Number("sum", sum_);
    archive.Number("weight", weight_);
  }

 private:
  const double* parameters_;
  Slot<double> values_slot_;
  double* values_ = nullptr;  // (rows of a batch)
  double sum_ = 0;
  double weight_ = 0;
};

// Weights of the rows of one class: those of it that were answered, those answered, those of it.
struct ClassCounts {
  double hits = 0;
  double answered = 0;
  double actual = 0;
};

// A score of the counts of classes or labels: averaged, or of one of them. Parameters: average,
// class.
template <double (*kScore)(const ClassCounts&)>
class ScoreOfCounts final : public MetricAccumulator {
 public:
  ScoreOfCounts(const MetricShape& shape, const double* parameters, ArenaLayout& layout)
      : is_labels_(shape.task == MetricTask::kLabels),
        is_micro_(parameters[0] == 1),
        class_(static_cast<int64_t>(parameters[1])),
        slot_(layout.Reserve<ClassCounts>(static_cast<size_t>(shape.classes()))) {}

  void Bind(const Arena& arena) override { counts_ = {arena.At(slot_), slot_.count}; }
  void Begin() override { std::fill(counts_.begin(), counts_.end(), ClassCounts{}); }

  void Add(const MeasuredBatch& batch) override {
    for (int64_t i = 0; i < batch.rows; ++i) {
      const MetricInput row = batch.Row(i);
      is_labels_ ? CountLabels(row, batch.Weight(i)) : CountClass(row, batch.Weight(i));
    }
  }

  double Finish() override {
    if (class_ >= 0) return kScore(counts_[static_cast<size_t>(class_)]);
    return is_micro_ ? Micro() : Macro();
  }

  void Visit(StateArchive& archive) override { archive.Doubles("counts", AsNumbers(counts_)); }

 private:
  void CountClass(const MetricInput& row, double weight) {
    const auto answer = static_cast<size_t>(row.Answer());
    const auto truth = static_cast<size_t>(row.Truth());
    counts_[answer].answered += weight;
    counts_[truth].actual += weight;
    if (answer == truth) counts_[truth].hits += weight;
  }

  void CountLabels(const MetricInput& row, double weight) {
    for (int64_t j = 0; j < row.columns; ++j) {
      const bool answer = row.outputs[j] > 0.5f;
      const bool truth = row.Target(j) > 0.5f;
      ClassCounts& counts = counts_[static_cast<size_t>(j)];
      if (answer) counts.answered += weight;
      if (truth) counts.actual += weight;
      if (answer && truth) counts.hits += weight;
    }
  }

  double Macro() const {
    double sum = 0;
    double occurring = 0;
    for (const ClassCounts& one : counts_) {
      if (one.answered == 0 && one.actual == 0) continue;
      sum += kScore(one);
      ++occurring;
    }
    return Ratio(sum, occurring);
  }

  double Micro() const {
    ClassCounts all;
    for (const ClassCounts& one : counts_) {
      all.hits += one.hits;
      all.answered += one.answered;
      all.actual += one.actual;
    }
    return kScore(all);
  }

  bool is_labels_;
  bool is_micro_;
  int64_t class_;
  Slot<ClassCounts> slot_;
  std::span<ClassCounts> counts_;
};

// The coefficient of determination, averaged over the columns. Means and variances are updated row
// by row (Welford 1962, with weights West 1979): a second pass would need the rows again.
class Determination final : public MetricAccumulator {
 public:
  Determination(const MetricShape& shape, const double*, ArenaLayout& layout)
      : slot_(layout.Reserve<Column>(static_cast<size_t>(shape.columns))) {}

  void Bind(const Arena& arena) override { columns_ = {arena.At(slot_), slot_.count}; }
  void Begin() override {
    weight_ = 0;
    std::fill(columns_.begin(), columns_.end(), Column{});
  }

  void Add(const MeasuredBatch& batch) override {
    constexpr int64_t kColumnsInTask = 64;
    const auto columns = static_cast<int64_t>(columns_.size());
    ForStretches(batch.pool, columns, kColumnsInTask, batch.rows * columns,
                 [&](int64_t first, int64_t end) { AddColumns(batch, first, end); });
    for (int64_t i = 0; i < batch.rows; ++i) weight_ += batch.Weight(i);
  }

  double Finish() override {
    double sum = 0;
    for (const Column& column : columns_) {
      if (column.residual == 0) {
        sum += 1;
      } else if (column.total != 0) {
        sum += 1 - column.residual / column.total;
      }
    }
    return sum / static_cast<double>(columns_.size());
  }

  void Visit(StateArchive& archive) override {
    archive.Number("weight", weight_);
    archive.Doubles("columns", AsNumbers(columns_));
  }

 private:
  struct Column {
    double mean = 0;
    double total = 0;  // sum of weight * (t - mean)^2
    double residual = 0;
  };

  void AddColumns(const MeasuredBatch& batch, int64_t first, int64_t end) {
    double sum = weight_;
    for (int64_t i = 0; i < batch.rows; ++i) {
      const double weight = batch.Weight(i);
      if (weight == 0) continue;
      sum += weight;
      const MetricInput row = batch.Row(i);
      for (int64_t j = first; j < end; ++j) {
        Column& column = columns_[static_cast<size_t>(j)];
        const double target = static_cast<double>(row.Target(j));
        const double error = target - static_cast<double>(row.outputs[j]);
        const double from_mean = target - column.mean;
        column.mean += from_mean * (weight / sum);
        column.total += weight * from_mean * (target - column.mean);
        column.residual += weight * error * error;
      }
    }
  }

  Slot<Column> slot_;
  std::span<Column> columns_;
  double weight_ = 0;  // of the rows so far
};

// A row as the areas under curves keep it: 8 bytes for each class.
struct ScoredRow {
  float score;
  float weight;  // negative for label 0
};

// An area under a curve over all thresholds: all scores are kept, and sorted at the end. Of several
// classes, each against the rest, and the mean over those for which it is defined. `kArea` takes
// the rows from the highest score on, and returns NaN where it is undefined. Parameter: class.
template <double (*kArea)(std::span<const ScoredRow>)>
class AreaUnderCurve final : public MetricAccumulator {
 public:
  AreaUnderCurve(const MetricShape& shape, const double* parameters, ArenaLayout& layout)
      : is_reversed_(shape.task == MetricTask::kYesOrNo && parameters[0] == 0),
        rows_(static_cast<size_t>(shape.rows)) {
    const bool is_one = parameters[0] >= 0 && shape.task != MetricTask::kYesOrNo;
    first_column_ = is_one ? static_cast<int64_t>(parameters[0]) : 0;
    columns_ = is_one ? 1 : shape.columns;
    slot_ = layout.Reserve<ScoredRow>(rows_ * static_cast<size_t>(columns_));
  }

  void Bind(const Arena& arena) override { scores_ = arena.At(slot_); }
  void Begin() override {
    count_ = 0;
    is_number_ = true;
  }

  void Add(const MeasuredBatch& batch) override {
    for (int64_t i = 0; i < batch.rows && count_ < rows_; ++i) {
      const auto weight = static_cast<float>(batch.Weight(i));
      if (weight > 0) Keep(batch.Row(i), weight);
    }
  }

  // Sorts what was kept: nothing may be added behind it.
  double Finish() override {
    double sum = 0;
    double defined = 0;
    for (int64_t j = 0; j < columns_; ++j) {
      const std::span<ScoredRow> scores{OfColumn(j), count_};
      std::sort(scores.begin(), scores.end(),
                [](const ScoredRow& a, const ScoredRow& b) { return a.score > b.score; });
      const double area = kArea(scores);
      if (std::isnan(area)) continue;
      sum += area;
      ++defined;
    }
    return is_number_ && defined > 0 ? sum / defined : std::numeric_limits<double>::quiet_NaN();
  }

  void Visit(StateArchive& archive) override {
    auto count = static_cast<int64_t>(count_);
    archive.Count("rows", count, static_cast<int64_t>(rows_));
    archive.Flag("isNumber", is_number_);
    count_ = static_cast<size_t>(count);
    // They are sorted later, which NaN would lead out of the array.
    for (int64_t j = 0; j < columns_; ++j) {
      archive.OrderedFloats("column" + std::to_string(j),
                            {reinterpret_cast<float*>(OfColumn(j)), 2 * count_});
    }
  }

 private:
  ScoredRow* OfColumn(int64_t column) const {
    return scores_ + static_cast<size_t>(column) * rows_;
  }

  void Keep(const MetricInput& row, float weight) {
    for (int64_t j = 0; j < columns_; ++j) {
      const float score = row.outputs[first_column_ + j];
      const bool is_positive = row.Target(first_column_ + j) > 0.5f;
      // No order has a place for it.
      is_number_ = is_number_ && !std::isnan(score);
      OfColumn(j)[count_] = {is_number_ ? (is_reversed_ ? -score : score) : 0.0f,
                             is_positive != is_reversed_ ? weight : -weight};
    }
    ++count_;
  }

  bool is_reversed_;  // class 0 of a single output
  size_t rows_;
  int64_t first_column_ = 0;
  int64_t columns_ = 0;
  Slot<ScoredRow> slot_;
  ScoredRow* scores_ = nullptr;  // (columns, rows)
  size_t count_ = 0;
  bool is_number_ = true;
};

}  // namespace layerwise
