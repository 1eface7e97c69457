// Trainings of many networks at once: those of one shape a lane each, the others as runs of their
// own. Every network comes to the bits of a run of its own.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <vector>

#include "native/training/many/lane_shape.h"
#include "native/training/many/run_end.h"

namespace layerwise {

class ManyRun {
 public:
  // A run that was made and has not begun; returns its number, from 0 on.
  size_t Add(std::shared_ptr<Run> run);
  size_t count() const { return runs_.size(); }
  // Lets go of all of them, as if they had not been.
  void Clear();
  // Native memory that Execute will allocate, at most.
  size_t arena_bytes() const;

  // Trains all of them, on so many threads at most; the sink is told of their ends. Call once.
  void Execute(ManyRunsSink& sink, int threads);
  // From any thread: ends every run after its current batch.
  void Stop() noexcept;

 private:
  // Runs that train together, or one that does so by itself.
  struct Group {
    std::optional<LaneShape> shape;
    std::vector<size_t> runs;
  };
  class Ends;

  std::vector<Group> Groups() const;
  void Train(const Group& group, ManyRunsSink& sink);
  void TrainAlone(size_t run, ManyRunsSink& sink, std::shared_ptr<ThreadPool> threads);

  std::vector<std::shared_ptr<Run>> runs_;  // null once they have ended
  std::vector<std::weak_ptr<Run>> stoppable_;
};

}  // namespace layerwise
