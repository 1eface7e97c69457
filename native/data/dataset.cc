#include "native/data/dataset.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "native/core/error.h"
#include "native/data/row_stride.h"

namespace layerwise {
namespace {

constexpr int64_t kMaxRows = std::numeric_limits<int32_t>::max();
constexpr int64_t kMaxColumns = int64_t{1} << 24;

constexpr int64_t kReadAheadBytes = int64_t{64} << 20;

TargetKind ReadTargetKind(const ValueReader& reader) {
  const std::string& name = reader.String();
  if (name == "none") return TargetKind::kNone;
  if (name == "input") return TargetKind::kInput;
  if (name == "classes") return TargetKind::kClasses;
  if (name == "matrix") return TargetKind::kMatrix;
  throw Error(ErrorKind::kArgument, reader.path(), "one of none, input, classes, matrix",
              "\"" + name + "\"", "Choose a name from the list.");
}

bool ReadIsBytes(const ValueReader& reader) {
  const std::string& type = reader.String();
  if (type == "float32" || type == "uint8") return type == "uint8";
  throw Error(ErrorKind::kArgument, reader.path(), "float32 or uint8", "\"" + type + "\"",
              "Choose one of the two.");
}

float ReadFloatOr(const ValueReader& shape, const char* name, float fallback) {
  if (!shape.Has(name)) return fallback;
  const ValueReader reader = shape.Member(name);
  const float value = static_cast<float>(reader.Number());
  if (std::isfinite(value)) return value;
  throw Error(ErrorKind::kArgument, reader.path(), "a number that single precision can hold",
              reader.value().Describe(), "A usual scale of bytes is 1 / 255.");
}

}  // namespace

Dataset::Dataset(const Value& shape) {
  const ValueReader reader(shape, "data");
  reader.AllowOnly({"rows", "columns", "inputType", "scale", "offset", "target", "targetColumns",
                    "targets", "weights", "file"});
  rows_ = reader.Member("rows").Integer(1, kMaxRows);
  columns_ = reader.Member("columns").Integer(1, kMaxColumns);
  inputs_are_bytes_ = ReadIsBytes(reader.Member("inputType"));
  ReadScaling(reader);
  if (reader.Has("targets")) {
    const ValueReader targets = reader.Member("targets");
    for (size_t i = 0; i < targets.ArraySize(); ++i) {
      targets_.push_back(ReadTargets(targets.Item(i)));
    }
  }
  if (targets_.empty()) targets_.push_back(ReadTargets(reader));
  ReadFile(reader);
  Allocate(reader.BoolOr("weights", false));
}

void Dataset::ReadFile(const ValueReader& shape) {
  if (!shape.Has("file")) return;
  const ValueReader file = shape.Member("file");
  read_ahead_bytes_ =
      file.IntegerOr("memory", 1, std::numeric_limits<int64_t>::max() / 2, kReadAheadBytes);
  file_ = std::make_shared<FileRows>(file, rows_, columns_);
  input_rows_written_ = rows_;
  if (inputs_are_bytes_ == file_->are_bytes()) return;
  throw Error(ErrorKind::kArgument, shape.path() + ".inputType", "uint8 for a file of bytes alone",
              inputs_are_bytes_ ? "uint8" : "float32", "Take the type that the file has.");
}

Dataset::Targets Dataset::ReadTargets(const ValueReader& shape) const {
  Targets targets;
  targets.kind = ReadTargetKind(shape.Member("target"));
  if (targets.kind == TargetKind::kInput) targets.columns = columns_;
  if (targets.are_own()) {
    targets.columns = shape.Member("targetColumns").Integer(1, kMaxColumns);
  }
  return targets;
}

void Dataset::ReadScaling(const ValueReader& shape) {
  scale_ = ReadFloatOr(shape, "scale", 1.0f);
  offset_ = ReadFloatOr(shape, "offset", 0.0f);
  if (!inputs_are_bytes_ && (scale_ != 1.0f || offset_ != 0.0f)) {
    throw Error(ErrorKind::kArgument, shape.path() + ".scale",
                "a scale and an offset for bytes only", Value(double{scale_}).Describe(),
                "Scale other values before they are written.");
  }
  if (!std::isfinite(255.0f * scale_ + offset_)) {
    throw Error(ErrorKind::kArgument, shape.path() + ".scale", "bytes that stay finite when scaled",
                Value(double{scale_}).Describe(), "A usual scale of bytes is 1 / 255.");
  }
}

void Dataset::Allocate(bool has_weights) {
  const size_t rows = static_cast<size_t>(rows_);
  input_stride_ = inputs_are_bytes_ ? columns_ : RowStride(columns_);
  const size_t inputs = rows * static_cast<size_t>(input_stride_);
  ArenaLayout layout;
  if (reads_file()) {
    // They stay where they are.
  } else if (inputs_are_bytes_) {
    byte_inputs_ = layout.Reserve<uint8_t>(inputs);
  } else {
    float_inputs_ = layout.Reserve<float>(inputs);
  }
  for (Targets& targets : targets_) {
    if (targets.kind == TargetKind::kClasses) targets.classes = layout.Reserve<int32_t>(rows);
    if (targets.kind == TargetKind::kMatrix) {
      targets.stride = RowStride(targets.columns);
      targets.numbers = layout.Reserve<float>(rows * static_cast<size_t>(targets.stride));
    }
  }
  if (has_weights) weights_ = layout.Reserve<float>(rows);
  memory_ = Arena(layout);
}

int64_t Dataset::ClassOf(int64_t row, size_t output) const {
  if (target_kind(output) == TargetKind::kClasses) return class_targets(output)[row];
  const int64_t columns = target_columns(output);
  const float* targets = float_targets(output) + row * target_stride(output);
  if (columns == 1) return targets[0] > 0.5f ? 1 : 0;
  return std::max_element(targets, targets + columns) - targets;
}

namespace {

// Each number is that of the row before; gaps are zero.
template <typename T>
bool RowsAreEqual(const T* values, int64_t rows, int64_t stride) {
  return std::equal(values + stride, values + rows * stride, values);
}

}  // namespace

bool Dataset::TargetsAreConstant(size_t output) const {
  if (rows_ < 2) return false;
  // To be looked at, they would have to be read.
  if (reads_file() && target_kind(output) == TargetKind::kInput) return false;
  switch (target_kind(output)) {
    case TargetKind::kNone:
      return false;
    case TargetKind::kClasses:
      return RowsAreEqual(class_targets(output), rows_, 1);
    case TargetKind::kMatrix:
      return RowsAreEqual(float_targets(output), rows_, target_stride(output));
    case TargetKind::kInput:
      return inputs_are_bytes_ ? RowsAreEqual(byte_inputs(), rows_, input_stride_)
                               : RowsAreEqual(float_inputs(), rows_, input_stride_);
  }
  return false;
}

void Dataset::Freeze() const {
  int64_t written = input_rows_written_;
  for (const Targets& targets : targets_) {
    if (targets.are_own()) written = std::min(written, targets.rows_written);
  }
  if (has_weights()) written = std::min(written, weight_rows_written_);
  if (written < rows_) {
    throw Error(ErrorKind::kState, "data", "all " + std::to_string(rows_) + " rows written",
                std::to_string(written) + " rows",
                "Write the inputs, targets and weights of every row first.");
  }
  frozen_.store(true, std::memory_order_release);
}

}  // namespace layerwise
