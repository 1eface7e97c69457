// What a network is measured by: a loss and any metrics, checked against the network and the data.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "native/core/value.h"
#include "native/data/dataset.h"
#include "native/kernels/losses.h"
#include "native/network/spec.h"
#include "native/plan/custom_loss.h"
#include "native/plan/metrics.h"

namespace layerwise {

struct Objective {
  const LossRow* loss = nullptr;  // with a custom one, a row that describes it
  CustomLoss* custom = nullptr;   // computes the loss in place of the row
  std::vector<float> loss_parameters;
  std::vector<const MetricRow*> metrics;
  std::vector<std::string> metric_names;
};

// Reads { loss, metrics? }; throws when the loss does not fit the network's output. A custom loss
// stands for the option.
Objective ReadObjective(const ValueReader& options, const NetworkSpec& network,
                        CustomLoss* custom = nullptr);

// Throws when the data's shapes do not fit the network or its targets the loss.
void CheckShapes(const Dataset& data, const NetworkSpec& network, const Objective& objective,
                 const std::string& path);

// Throws when a target lies outside the loss's bounds. Reads all targets: not for the caller's
// thread.
void CheckTargetBounds(const Dataset& data, const Objective& objective, const std::string& path);

struct EvaluationResult {
  double loss = 0;
  std::vector<double> metrics;  // in the order of the options
};

// Sums of losses and metrics over rows, in double precision and in the order of the rows.
class Meter {
 public:
  explicit Meter(size_t metrics) : metric_sums_(metrics, 0.0) {}
  void Reset();
  void Add(const double* row_losses, const double* const* row_metrics, int64_t rows);
  EvaluationResult Mean() const;
  int64_t rows() const { return rows_; }
  size_t metrics() const { return metric_sums_.size(); }
  double loss_sum() const { return loss_sum_; }

 private:
  double loss_sum_ = 0;
  std::vector<double> metric_sums_;
  int64_t rows_ = 0;
};

}  // namespace layerwise
