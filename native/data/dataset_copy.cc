// Rows of a data set copied into another one that lies in memory.
#include <algorithm>
#include <limits>

#include "native/data/dataset.h"

namespace layerwise {
namespace {

template <typename T>
void CopyPlaces(std::span<const RowPlace> rows, const T* from, int64_t stride, T* to) {
  for (const RowPlace& place : rows) {
    std::copy_n(from + place.row * stride, stride, to + place.at * stride);
  }
}

}  // namespace

Dataset::Dataset(const Dataset& like, int64_t rows)
    : rows_(rows),
      columns_(like.columns_),
      inputs_are_bytes_(like.inputs_are_bytes_),
      scale_(like.scale_),
      offset_(like.offset_),
      targets_(like.targets_) {
  Allocate(like.has_weights());
}

std::unique_ptr<Dataset> Dataset::InMemory(const Dataset& like, int64_t rows) {
  return std::unique_ptr<Dataset>(new Dataset(like, rows));
}

int64_t Dataset::row_bytes() const {
  auto bytes =
      input_stride_ * static_cast<int64_t>(inputs_are_bytes_ ? sizeof(uint8_t) : sizeof(float));
  for (const Targets& targets : targets_) {
    if (targets.kind == TargetKind::kClasses) bytes += static_cast<int64_t>(sizeof(int32_t));
    if (targets.kind == TargetKind::kMatrix) {
      bytes += targets.stride * static_cast<int64_t>(sizeof(float));
    }
  }
  return has_weights() ? bytes + static_cast<int64_t>(sizeof(float)) : bytes;
}

void Dataset::CopyRows(std::span<const RowPlace> rows, Dataset& to,
                       std::vector<std::byte>& buffer) const {
  if (inputs_are_bytes_) {
    uint8_t* inputs = to.PointerTo(to.byte_inputs_);
    reads_file() ? file_->Read(rows, inputs, buffer)
                 : CopyPlaces(rows, byte_inputs(), input_stride_, inputs);
  } else {
    float* inputs = to.PointerTo(to.float_inputs_);
    reads_file() ? file_->Read(rows, inputs, input_stride_, buffer)
                 : CopyPlaces(rows, float_inputs(), input_stride_, inputs);
  }
  for (size_t output = 0; output < targets_.size(); ++output) {
    const Targets& targets = to.targets_[output];
    if (targets.kind == TargetKind::kClasses) {
      CopyPlaces(rows, class_targets(output), 1, to.PointerTo(targets.classes));
    } else if (targets.kind == TargetKind::kMatrix) {
      CopyPlaces(rows, float_targets(output), targets.stride, to.PointerTo(targets.numbers));
    }
  }
  if (has_weights()) CopyPlaces(rows, weights(), 1, to.PointerTo(to.weights_));
}

void Dataset::RequireUnchanged() const {
  if (reads_file()) file_->file().RequireUnchanged();
}

}  // namespace layerwise
