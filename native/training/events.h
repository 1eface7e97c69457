// What a run tells while it trains.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "native/core/error.h"
#include "native/training/layer_statistics.h"
#include "native/training/meter.h"
#include "native/training/non_finite.h"
#include "native/training/snapshots.h"

namespace layerwise {

struct ProgressEvent {
  int64_t epoch = 0;  // from 1
  int64_t batch = 0;  // batches done in this epoch
  int64_t batches = 0;
  EvaluationResult training;  // running means of the epoch
  double rows_per_second = 0;
};

struct EpochEvent {
  int64_t epoch = 0;  // from 1
  int64_t epochs = 0;
  EvaluationResult training;
  bool has_validation = false;
  EvaluationResult validation;
  double learning_rate = 0;  // of the last update
  double seconds = 0;
  double rows_per_second = 0;
};

struct StatisticsEvent {
  int64_t epoch = 0;   // from 1
  int64_t update = 0;  // the last one, from 1 over the whole run
  int64_t rows = 0;    // that were looked at
  std::vector<LayerStatistics> layers;
};

struct NonFiniteEvent {
  Recovery at;
  bool rolls_back = false;  // or leaves the update out
};

// Rows of a stream (row_stream.h) that there is room for.
struct WantedRows {
  int64_t epoch = 0;  // the first is 1
  int64_t row = 0;    // the first of them, in the epoch
  int64_t count = 0;
  size_t block = 0;  // which of the two is to be filled
};

// Called on the run's thread; must return quickly and must not throw.
class EventSink {
 public:
  virtual ~EventSink() = default;
  virtual void OnProgress(const ProgressEvent& event) = 0;  // at most once per progress interval
  virtual void OnEpoch(const EpochEvent& event) = 0;
  virtual void OnStatistics(const StatisticsEvent& event) = 0;  // before that of the epoch
  // It stays as it is until Run::ReleaseSnapshot.
  virtual void OnSnapshot(std::shared_ptr<const RunSnapshot> snapshot) = 0;
  // There was no memory for one.
  virtual void OnLostSnapshot(const Error&) {}
  // Where the run first came to numbers that are not finite, and went on: before OnEpoch.
  virtual void OnNonFinite(const NonFiniteEvent&) {}
  // Of a training on a stream, one at a time: it waits for an answer.
  virtual void OnRowsWanted(const WantedRows&) {}
};

}  // namespace layerwise
