// Whether rows have what metrics cannot do without: areas under curves want both labels, say.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "native/data/dataset.h"
#include "native/data/row_selection.h"
#include "native/plan/objective.h"

namespace layerwise {

// Counts the rows of each label, those of weight 0 left out, however many of them come at a time.
class MetricRows {
 public:
  // The data is of the form of all rows; the objective outlives it.
  MetricRows(const Objective& objective, const Dataset& form);

  void Clear();
  // Reads targets: not for the caller's thread.
  void Add(const Dataset& data, const RowSelection& rows);
  // Throws where they lack something. `of_rows` says which they are: "to train on".
  void Require(const std::string& of_rows) const;

 private:
  // What one metric wants.
  struct Wanted {
    const MetricRow* metric = nullptr;
    std::string path;
    size_t output = 0;
    MetricTask task{};
    int64_t of_class = -1;           // that was asked for; -1 for none
    int64_t first_class = 0;         // of the positives
    std::vector<int64_t> positives;  // rows of each class from that one on
    int64_t rows = 0;                // of all classes

    bool IsMet() const;
    void Add(const Dataset& data, const RowSelection& selection);
    std::string Missing() const;

   private:
    bool IsMetBy(int64_t positive_rows) const;
    void AddLabels(const Dataset& data, int64_t row);
  };

  std::vector<Wanted> wanted_;
};

// Of rows that are all there; none of them need nothing.
void CheckMetricRows(const Objective& objective, const Dataset& data, const RowSelection& rows,
                     const std::string& of_rows);

}  // namespace layerwise
