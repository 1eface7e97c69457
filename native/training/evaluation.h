// Losses and metrics over rows that are not trained on.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "native/core/option_reader.h"
#include "native/core/value.h"
#include "native/data/dataset.h"
#include "native/data/row_selection.h"
#include "native/network/network.h"
#include "native/network/precision.h"
#include "native/plan/objective.h"
#include "native/training/meter.h"
#include "native/training/session.h"
#include "native/training/stop_condition.h"
#include "native/training/training_options.h"

namespace layerwise {

// Measures some rows, so many at a time, with these parameters; the plan of the session has the
// objective. Stops early (result unspecified) when it is to stop.
EvaluationResult Evaluate(Session& session, const float* parameters, const Dataset& data,
                          const RowSelection& selection, int64_t batch_rows, StopCondition& stop,
                          Meter& meter);

struct EvaluationOptions {
  int64_t batch_size = 256;  // rows of a pass at most
  int threads = 1;
  Precision precision = Precision::kFloat32;

  void Visit(OptionReader& options) {
    options.OptionalInteger("batchSize", 1, kMaxRows, batch_size);
    options.Read("threads", ReadThreads, threads);
    options.Read("precision", ReadPrecision, precision);
    options.Others({"loss", "metrics", "outputs"});
  }
};

// Mean loss and metrics of the network's newest parameters over a dataset. Reads EvaluationOptions
// and the objective. Stops early (result unspecified) when stop becomes true.
class Evaluation {
 public:
  Evaluation(std::shared_ptr<Network> network, std::shared_ptr<const Dataset> data,
             const Value& options, CustomLoss* custom_loss = nullptr);
  ~Evaluation();
  EvaluationResult Execute(const std::atomic<bool>& stop);
  std::vector<OutputNames> names() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace layerwise
