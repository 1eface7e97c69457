#include "native/training/many/many_run.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "native/core/float_environment.h"
#include "native/core/thread_pool.h"
#include "native/kernels/instruction_set.h"
#include "native/kernels/many.h"
#include "native/training/many/lane_group.h"

namespace layerwise {
namespace {

// Vectors take as long however many of their lanes are in use: with fewer than a quarter, runs are
// faster one by one.
size_t FewestRuns(size_t lanes) { return std::max<size_t>(2, lanes / 4); }

}  // namespace

// Lets go of a run before anybody is told that it is over: its network can train again then.
class ManyRun::Ends final : public ManyRunsSink {
 public:
  Ends(ManyRun& many, ManyRunsSink& sink) : many_(many), sink_(sink) {}
  EventSink& SinkOf(size_t run) override { return sink_.SinkOf(run); }
  void OnEnd(size_t run, RunEnd end) override {
    many_.runs_[run].reset();
    sink_.OnEnd(run, std::move(end));
  }

 private:
  ManyRun& many_;
  ManyRunsSink& sink_;
};

size_t ManyRun::Add(std::shared_ptr<Run> run) {
  stoppable_.emplace_back(run);
  runs_.push_back(std::move(run));
  return runs_.size() - 1;
}

void ManyRun::Clear() {
  runs_.clear();
  stoppable_.clear();
}

size_t ManyRun::arena_bytes() const {
  size_t bytes = 0;
  for (const auto& run : runs_) bytes += run->arena_bytes();
  return bytes;
}

void ManyRun::Stop() noexcept {
  for (const std::weak_ptr<Run>& handle : stoppable_) {
    if (const std::shared_ptr<Run> run = handle.lock()) run->Stop();
  }
}

// Those of about as many rows stand beside each other, so that few lanes wait for others.
std::vector<ManyRun::Group> ManyRun::Groups() const {
  std::vector<Group> shapes;
  std::vector<Group> groups;
  for (size_t run = 0; run < runs_.size(); ++run) {
    std::optional<LaneShape> shape = LaneShapeOf(runs_[run]->state());
    if (!shape.has_value()) {
      groups.push_back({std::nullopt, {run}});
      continue;
    }
    const auto same = std::find_if(shapes.begin(), shapes.end(),
                                   [&](const Group& group) { return group.shape == shape; });
    if (same != shapes.end()) {
      same->runs.push_back(run);
    } else {
      shapes.push_back({std::move(shape), {run}});
    }
  }
  const auto lanes = static_cast<size_t>(ManyKernelsFor(SelectedInstructionSet()).lanes);
  for (Group& all : shapes) {
    std::stable_sort(all.runs.begin(), all.runs.end(), [this](size_t a, size_t b) {
      return runs_[a]->shape().rows > runs_[b]->shape().rows;
    });
    for (size_t first = 0; first < all.runs.size(); first += lanes) {
      const size_t count = std::min(lanes, all.runs.size() - first);
      const std::span<const size_t> own(all.runs.data() + first, count);
      if (count >= FewestRuns(lanes)) {
        groups.push_back({all.shape, {own.begin(), own.end()}});
      } else {
        for (const size_t run : own) groups.push_back({std::nullopt, {run}});
      }
    }
  }
  return groups;
}

void ManyRun::Execute(ManyRunsSink& sink, int threads) {
  const FlushDenormals flush;
  Ends ends(*this, sink);
  std::vector<Group> groups = Groups();
  // Where there are fewer of them than threads, each run has all threads after the other.
  if (static_cast<int>(groups.size()) < threads) {
    const auto alone = std::stable_partition(
        groups.begin(), groups.end(), [](const Group& group) { return group.shape.has_value(); });
    const std::vector<Group> later(alone, groups.end());
    groups.erase(alone, groups.end());
    for (const Group& group : later) TrainAlone(group.runs.front(), ends, nullptr);
  }
  ThreadPool pool(threads);
  pool.Run(static_cast<int64_t>(groups.size()),
           [&](int64_t group, int) { Train(groups[static_cast<size_t>(group)], ends); });
}

void ManyRun::Train(const Group& group, ManyRunsSink& sink) {
  if (!group.shape.has_value()) {
    TrainAlone(group.runs.front(), sink, std::make_shared<ThreadPool>(1));
    return;
  }
  try {
    std::vector<Run*> runs;
    for (const size_t run : group.runs) runs.push_back(runs_[run].get());
    LaneGroup(*group.shape, runs, group.runs, sink).Train();
  } catch (...) {
    // No memory for the lanes: nobody has begun.
    for (const size_t run : group.runs) {
      if (runs_[run] != nullptr) sink.OnEnd(run, {{}, std::current_exception()});
    }
  }
}

void ManyRun::TrainAlone(size_t run, ManyRunsSink& sink, std::shared_ptr<ThreadPool> threads) {
  RunEnd end;
  try {
    Run& own = *runs_[run];
    end.history = own.state().Train(sink.SinkOf(run), own.stop_flag(), std::move(threads));
  } catch (...) {
    end.error = std::current_exception();
  }
  sink.OnEnd(run, std::move(end));
}

}  // namespace layerwise
