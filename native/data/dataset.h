// Rows of numbers owned by the core: written slice by slice from the caller, then read by runs on
// other threads. Owning them means that nothing the caller does to its own buffers can disturb a
// run. Inputs may lie in a file instead: who computes with them has some rows at a time copied into
// a data set in memory (read_ahead.h).
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "native/core/arena.h"
#include "native/core/value.h"
#include "native/data/file_rows.h"

namespace layerwise {

enum class TargetKind {
  kNone,     // inputs only
  kInput,    // the inputs are the targets (autoencoders)
  kClasses,  // one class index a row
  kMatrix,   // target_columns numbers a row
};

class Dataset {
 public:
  // Reads { rows, columns, inputType, scale?, offset?, target, targetColumns?, weights?, file? };
  // for a network of several outputs `targets`, an array of { target, targetColumns }, in the place
  // of the two. Inputs of a `file` (file_rows.h, and `memory`: the bytes to read them ahead with)
  // are not written. Throws Error.
  explicit Dataset(const Value& shape);

  // Room in memory for so many rows of another data set.
  static std::unique_ptr<Dataset> InMemory(const Dataset& like, int64_t rows);

  // Write whole rows from row_start on, in order: rows may be written again but not skipped. Every
  // value must be finite (checked while copying; the error's path is inputs[row][column]) and
  // values may change while they are read. Throws when a run uses the dataset (Freeze).
  void WriteInputs(int64_t row_start, std::span<const float> values);
  void WriteInputs(int64_t row_start, std::span<const double> values);
  void WriteInputs(int64_t row_start, std::span<const uint8_t> values);  // inputType uint8 only
  // kMatrix: whole rows; kClasses: one integer a row in [0, target_columns). Path: targets[row].
  void WriteTargets(int64_t row_start, std::span<const float> values, size_t output = 0);
  void WriteTargets(int64_t row_start, std::span<const double> values, size_t output = 0);
  void WriteTargets(int64_t row_start, std::span<const int32_t> values, size_t output = 0);

  // One number of at least 0 a row, where the shape says `weights`. Path: weights[row].
  void WriteWeights(int64_t row_start, std::span<const float> values);
  void WriteWeights(int64_t row_start, std::span<const double> values);

  // From the first use by a run on, writing is an error of kind kState: runs read without locks.
  // Throws when rows were left unwritten.
  void Freeze() const;
  // Whether several rows all have the same target, or the same inputs where these are the targets.
  // Looks no further than the first that differs.
  bool TargetsAreConstant(size_t output = 0) const;

  // Whether the inputs lie in a file. Then none of the pointers to inputs is there.
  bool reads_file() const { return file_ != nullptr; }
  // What the rows that are read ahead may take.
  int64_t read_ahead_bytes() const { return read_ahead_bytes_; }
  // What a row takes in memory.
  int64_t row_bytes() const;
  // Copies rows, in ascending order, into a data set that InMemory has made. By any number of
  // threads, each with a buffer of its own. Throws kFile, kData.
  void CopyRows(std::span<const RowPlace> rows, Dataset& to, std::vector<std::byte>& buffer) const;
  // Throws where the file was written to.
  void RequireUnchanged() const;

  int64_t rows() const { return rows_; }
  int64_t columns() const { return columns_; }
  // How many outputs there are targets for. Inputs that are targets are those of all outputs
  // together.
  size_t outputs() const { return targets_.size(); }
  TargetKind target_kind(size_t output = 0) const { return Of(output).kind; }
  int64_t target_columns(size_t output = 0) const {  // kInput: columns()
    return Of(output).columns;
  }
  bool has_weights() const { return weights_.count > 0; }
  // The class that a row's own targets name: a class index, the largest of several columns, or
  // whether a single one is above one half.
  int64_t ClassOf(int64_t row, size_t output = 0) const;
  size_t bytes() const { return memory_.bytes(); }

  bool inputs_are_bytes() const { return inputs_are_bytes_; }
  // nullptr unless the data has them.
  const float* float_inputs() const { return PointerTo(float_inputs_); }  // (rows, columns)
  const uint8_t* byte_inputs() const { return PointerTo(byte_inputs_); }  // (rows, columns)
  const float* float_targets(size_t output = 0) const {                   // (rows, target columns)
    return PointerTo(Of(output).numbers);
  }
  // From one row to the next, in elements (row_stride.h). What is between them is zero.
  int64_t input_stride() const { return input_stride_; }
  int64_t target_stride(size_t output = 0) const { return Of(output).stride; }
  const int32_t* class_targets(size_t output = 0) const {  // (rows)
    return PointerTo(Of(output).classes);
  }
  const float* weights() const { return PointerTo(weights_); }  // (rows)
  // An input is byte * scale + offset.
  float scale() const { return scale_; }
  float offset() const { return offset_; }

 private:
  Dataset(const Dataset& like, int64_t rows);

  // Of one output.
  struct Targets {
    TargetKind kind = TargetKind::kNone;
    int64_t columns = 0;
    int64_t stride = 0;  // of numbers
    Slot<float> numbers{};
    Slot<int32_t> classes{};
    int64_t rows_written = 0;

    bool are_own() const { return kind == TargetKind::kClasses || kind == TargetKind::kMatrix; }
  };

  const Targets& Of(size_t output) const { return targets_[targets_.size() == 1 ? 0 : output]; }
  template <typename T>
  T* PointerTo(Slot<T> slot) const {
    return slot.count == 0 ? nullptr : memory_.At(slot);
  }
  void ReadFile(const ValueReader& shape);
  void ReadScaling(const ValueReader& shape);
  Targets ReadTargets(const ValueReader& shape) const;
  void Allocate(bool has_weights);
  template <typename T>
  void WriteFloatInputs(int64_t row_start, std::span<const T> values);
  template <typename T>
  void WriteAnyTargets(int64_t row_start, std::span<const T> values, size_t output);
  template <typename T>
  void WriteAnyWeights(int64_t row_start, std::span<const T> values);
  void RequireInputsInMemory() const;
  int64_t CheckSlice(const char* path, int64_t row_start, size_t values, int64_t columns,
                     int64_t rows_written) const;

  int64_t rows_ = 0;
  int64_t columns_ = 0;
  int64_t input_stride_ = 0;
  bool inputs_are_bytes_ = false;
  float scale_ = 1.0f;
  float offset_ = 0.0f;
  std::shared_ptr<const FileRows> file_;  // null for inputs in memory
  int64_t read_ahead_bytes_ = 0;
  Slot<float> float_inputs_;
  Slot<uint8_t> byte_inputs_;
  std::vector<Targets> targets_;  // at least one
  Slot<float> weights_;
  Arena memory_;                    // untouched pages take no memory before they are written
  int64_t input_rows_written_ = 0;  // all rows before this one hold checked values
  int64_t weight_rows_written_ = 0;
  mutable std::atomic<bool> frozen_{false};
};

}  // namespace layerwise
