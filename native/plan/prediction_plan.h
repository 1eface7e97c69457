// A plan that only predicts, with its memory: so many rows at a time, by a team of threads or by
// one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

#include "native/core/thread_pool.h"
#include "native/network/network.h"
#include "native/network/precision.h"
#include "native/plan/execution_plan.h"

namespace layerwise {

class PredictionPlan {
 public:
  struct Shape {
    size_t from = 0;  // layers, heads and blocks taken apart
    size_t to = 0;
    int64_t rows = 0;
    int threads = 1;
    Precision precision = Precision::kFloat32;
  };

  // Throws kMemory.
  PredictionPlan(const Network& network, const Shape& shape);

  int64_t rows() const { return rows_; }
  size_t bytes() const { return plan_.bytes(); }

  bool IsPreparedFor(uint64_t version) const { return prepared_ == version; }
  // Brings what it derives from the parameters of the network up to date.
  void Prepare(ThreadPool& pool, const float* parameters, uint64_t version);

  // At most as many rows as it has; inputs and outputs without gaps. Parameters are those that it
  // is prepared for.
  void Predict(ThreadPool& pool, const float* parameters, const float* inputs, int64_t rows,
               float* outputs);

 private:
  void SetInputs(ThreadPool& pool, const float* inputs, int64_t rows);
  void CopyInputs(ThreadPool& pool, const float* inputs, int64_t rows);

  int64_t rows_;
  ExecutionPlan plan_;
  std::optional<uint64_t> prepared_;  // the version of the parameters
};

}  // namespace layerwise
