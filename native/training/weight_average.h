// An exponential moving average of all parameters (Polyak and Juditsky 1992 in the form of
// PyTorch's AveragedModel): the first step copies them, each later one moves the average towards
// them.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>

#include "native/core/state_archive.h"
#include "native/core/thread_pool.h"
#include "native/network/parameters.h"

namespace layerwise {

class WeightAverage {
 public:
  WeightAverage(const ParameterLayout& layout, double decay)
      : values_(layout), size_(layout.size()), share_(static_cast<float>(1.0 - decay)) {}

  void Add(ThreadPool& pool, const float* parameters) {
    constexpr int64_t kElementsInTask = 16384;
    const float share = has_begun_ ? share_ : 1.0f;
    has_begun_ = true;
    float* average = values_.data();
    pool.Run((size_ + kElementsInTask - 1) / kElementsInTask, [&](int64_t task, int) {
      const int64_t end = std::min(size_, (task + 1) * kElementsInTask);
      for (int64_t i = task * kElementsInTask; i < end; ++i) {
        average[i] += share * (parameters[i] - average[i]);
      }
    });
  }

  // Under the name of kName.
  void Visit(StateArchive& archive) {
    archive.Flag("averageHasBegun", has_begun_);
    const std::span<float> all(values_.data(), static_cast<size_t>(size_));
    if (has_begun_) {
      archive.Floats(kName, all);
    } else if (archive.is_loading()) {
      std::fill(all.begin(), all.end(), 0.0f);
    }
  }
  static constexpr const char* kName = "average";

  bool has_begun() const { return has_begun_; }
  const float* data() const { return values_.data(); }
  size_t bytes() const { return values_.bytes(); }

 private:
  Parameters values_;
  int64_t size_;
  float share_;
  bool has_begun_ = false;
};

}  // namespace layerwise
