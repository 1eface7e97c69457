#include "native/training/row_stream.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "native/core/error.h"
#include "native/core/random.h"

namespace layerwise {
namespace {

// How often a training that waits for rows looks whether it is to stop.
constexpr std::chrono::milliseconds kLook{20};

}  // namespace

RowStream::RowStream(std::shared_ptr<const Dataset> first, std::shared_ptr<const Dataset> second,
                     const Shape& shape)
    : blocks_{std::move(first), std::move(second)}, shape_(shape) {
  const int64_t most = RowsOfLargest(shape_);
  for (const auto& block : blocks_) {
    if (shape_.block_rows % shape_.batch_rows == 0 && block->rows() >= most) continue;
    throw Error(ErrorKind::kArgument, "stream.blockRows",
                "whole batches, and blocks with room for " + std::to_string(most) + " rows",
                std::to_string(shape_.block_rows) + " in " + std::to_string(block->rows()),
                "Make both blocks as large as the largest one.");
  }
}

int64_t RowStream::RowsOfLargest(const Shape& shape) {
  return std::min(shape.rows, shape.block_rows + shape.batch_rows - 1);
}

void RowStream::Begin(const Use& use, Ask ask, Check check) {
  use_ = use;
  ask_ = std::move(ask);
  check_ = std::move(check);
}

std::optional<RowStream::Batch> RowStream::Take(int64_t epoch, const BatchRows& rows,
                                                StopCondition& stop) {
  const Part part = PartWith(epoch, rows.first);
  if (held_ != part) {
    held_.reset();
    // Whoever fills a block cannot be told otherwise: another one has to wait for it.
    if (asked_.has_value() && asked_ != part) {
      if (!WaitForAnswer(stop)) return std::nullopt;
      asked_.reset();
    }
    if (!asked_.has_value()) AskFor(part);
    if (!WaitForAnswer(stop)) return std::nullopt;
    Advance(part);
  }
  const int64_t at = rows.first - FirstRow(part);
  const uint32_t* order = use_.shuffles ? order_.data() + at : nullptr;
  return Batch{blocks_[current_].get(), {order, at, rows.count(), 0}};
}

void RowStream::Advance(const Part& part) {
  current_ = 1 - current_;
  asked_.reset();
  check_({blocks_[current_].get(), part.epoch, FirstRow(part), Rows(part),
          part.block + 1 == Blocks()});
  held_ = part;
  if (const std::optional<Part> next = Next(part)) AskFor(*next);
  if (use_.shuffles) Shuffle(part);
}

// Of the position alone, so that whoever goes on from there has the same order.
void RowStream::Shuffle(const Part& part) {
  const RandomStream of_epoch(use_.seed, StreamPurpose::kShuffle,
                              static_cast<uint32_t>(part.epoch));
  const uint32_t seed = of_epoch.Bits(static_cast<uint64_t>(part.block));
  order_.resize(static_cast<size_t>(Rows(part)));
  Permutation(RandomStream(seed, StreamPurpose::kShuffle, static_cast<uint32_t>(part.block)),
              order_);
}

void RowStream::AskFor(const Part& part) {
  {
    const std::lock_guard lock(mutex_);
    is_filled_ = false;
  }
  asked_ = part;
  ask_({part.epoch, FirstRow(part), Rows(part), 1 - current_});
}

bool RowStream::WaitForAnswer(StopCondition& stop) {
  std::unique_lock lock(mutex_);
  while (!is_filled_ && !has_failed_) {
    if (stop.IsMet()) return false;
    answered_.wait_for(lock, kLook);
  }
  if (!has_failed_) return true;
  throw Error(ErrorKind::kState, "data.rows", "rows to go on with", "none",
              "Have the stream give as many rows as it says.");
}

void RowStream::Filled() noexcept {
  {
    const std::lock_guard lock(mutex_);
    is_filled_ = true;
  }
  answered_.notify_one();
}

void RowStream::Fail() noexcept {
  {
    const std::lock_guard lock(mutex_);
    has_failed_ = true;
  }
  answered_.notify_one();
}

int64_t RowStream::Blocks() const {
  const int64_t rest = shape_.rows % shape_.block_rows;
  const int64_t whole = shape_.rows / shape_.block_rows;
  return std::max<int64_t>(1, rest >= shape_.batch_rows ? whole + 1 : whole);
}

int64_t RowStream::Rows(const Part& part) const {
  return part.block + 1 == Blocks() ? shape_.rows - FirstRow(part) : shape_.block_rows;
}

RowStream::Part RowStream::PartWith(int64_t epoch, int64_t row) const {
  return {epoch, std::min(row / shape_.block_rows, Blocks() - 1)};
}

std::optional<RowStream::Part> RowStream::Next(const Part& part) const {
  if (part.block + 1 < Blocks()) return Part{part.epoch, part.block + 1};
  if (part.epoch < use_.epochs) return Part{part.epoch + 1, 0};
  return std::nullopt;
}

}  // namespace layerwise
