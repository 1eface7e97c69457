// What a run tells, on its way to JavaScript: kept by the thread that trains, taken by that of
// JavaScript.
#pragma once

#include <napi.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "native/node/epoch_rows.h"
#include "native/node/run_state.h"
#include "native/training/run.h"

namespace layerwise {

class RunReports final : public EventSink {
 public:
  // Has something done under the mutex of the job, and the JavaScript thread told that there is
  // something to take.
  using Announce = std::function<void(const std::function<void()>& add)>;

  RunReports(const Run& run, std::mutex& mutex, Announce announce);

  const RunShape& shape() const { return shape_; }
  // Under the mutex.
  bool HasAny() const;
  // On the JavaScript thread, what follows too: as many as the event loop bears at a time, in their
  // order. `count`: how many there are; `told`: { epochs, statistics, progress, snapshot }:
  // EpochRows as a Float64Array, described statistics, the newest progress if there is any, and the
  // snapshot that was taken behind all these, if one was.
  struct Messages {
    size_t count = 0;
    Napi::Object told{};
  };
  Messages TakeMessages(Napi::Env env);
  // The history of a run that has ended.
  Napi::Object HistoryInJs(Napi::Env env, const RunHistory& history);

 private:
  void OnProgress(const ProgressEvent& event) override;
  void OnEpoch(const EpochEvent& event) override;
  void OnStatistics(const StatisticsEvent& event) override;
  void OnSnapshot(std::shared_ptr<const RunSnapshot> snapshot) override;
  void OnLostSnapshot(const Error& error) override;
  void OnNonFinite(const NonFiniteEvent& event) override;
  void OnRowsWanted(const WantedRows& rows) override;

  struct Taken {
    size_t count = 0;
    std::vector<double> epochs;
    std::vector<StatisticsEvent> statistics;
    std::optional<ProgressEvent> progress;
    std::shared_ptr<const RunSnapshot> snapshot;
    std::optional<WantedRows> wanted;
    std::optional<Error> lost_snapshot;
    std::optional<NonFiniteEvent> non_finite;
  };
  Taken Take();
  bool NextIsSnapshot(int64_t epochs_over) const;

  const RunShape shape_;
  std::mutex& mutex_;
  const Announce announce_;
  int64_t epochs_delivered_ = 0;  // of the JavaScript thread
  StatesInJs states_;             // likewise

  // Not delivered yet; under the mutex. All but the newest progress is delivered one and all.
  EpochRows epochs_;
  std::deque<StatisticsEvent> statistics_;  // each of them before its epoch
  std::optional<ProgressEvent> progress_;
  std::shared_ptr<const RunSnapshot> snapshot_;  // null for none: there is one at a time
  std::optional<WantedRows> wanted_;             // likewise
  std::optional<Error> lost_snapshot_;           // the last one
  std::optional<NonFiniteEvent> non_finite_;     // of which there is one in a run
};

// { stop(), snapshot(), snapshotWritten(), rowsFilled(), rowsFailed(), shape }: what may be done
// with a run at any time, also long after it.
Napi::Object RunInJs(Napi::Env env, const std::shared_ptr<Run>& run);

}  // namespace layerwise
