#include "native/data/row_window.h"

#include <algorithm>
#include <system_error>

namespace layerwise {
namespace {

// So many reads wait for the disk at a time.
constexpr size_t kReaders = 4;
// What a reader takes at a time: rows that lie near each other are read together.
constexpr int64_t kPieceBytes = int64_t{1} << 20;

}  // namespace

int64_t RowWindow::BytesOfRow(const Dataset& data) {
  return data.row_bytes() + static_cast<int64_t>(sizeof(uint32_t) + sizeof(RowPlace));
}

void RowWindow::Begin(const Dataset& data, const RowSelection& rows) {
  Abandon();
  Allocate(data, rows.count);
  numbers_.resize(static_cast<size_t>(rows.count));
  for (int64_t i = 0; i < rows.count; ++i) {
    numbers_[static_cast<size_t>(i)] = static_cast<uint32_t>(rows.At(i));
  }
  is_over_.store(false);
  try {
    reader_ = PooledThread([this, &data] { Fill(data); });
  } catch (const std::system_error&) {
    Fill(data);  // the system gives no thread: it takes longer
  }
}

void RowWindow::Allocate(const Dataset& data, int64_t rows) {
  if (like_ == &data && rows_->rows() >= rows) return;
  like_ = nullptr;  // should there be no memory
  rows_.reset();
  rows_ = Dataset::InMemory(data, rows);
  like_ = &data;
}

void RowWindow::Fill(const Dataset& data) noexcept {
  std::vector<PooledThread> helpers;
  Guard([&] {
    Sort();
    const auto in_piece = static_cast<size_t>(
        std::max<int64_t>(1, kPieceBytes / std::max<int64_t>(1, data.row_bytes())));
    next_place_.store(0);
    const size_t wanted = std::min(kReaders, (places_.size() + in_piece - 1) / in_piece);
    try {
      while (helpers.size() + 1 < wanted) {
        helpers.emplace_back(
            [this, &data, in_piece] { Guard([&] { ReadPieces(data, in_piece); }); });
      }
    } catch (const std::system_error&) {
      // Fewer will do.
    }
    ReadPieces(data, in_piece);
  });
  for (PooledThread& helper : helpers) helper.join();
  Guard([&] { data.RequireUnchanged(); });
}

// Reading is kindest to the disk in the order of the file.
void RowWindow::Sort() {
  places_.resize(numbers_.size());
  for (size_t i = 0; i < numbers_.size(); ++i) {
    places_[i] = {numbers_[i], static_cast<uint32_t>(i)};
  }
  const auto is_before = [](const RowPlace& a, const RowPlace& b) { return a.row < b.row; };
  if (!std::is_sorted(places_.begin(), places_.end(), is_before)) {
    std::sort(places_.begin(), places_.end(), is_before);
  }
}

void RowWindow::ReadPieces(const Dataset& data, size_t rows_in_piece) {
  std::vector<std::byte> buffer;
  while (!is_over_.load()) {
    const size_t first = next_place_.fetch_add(rows_in_piece);
    if (first >= places_.size()) return;
    const size_t count = std::min(rows_in_piece, places_.size() - first);
    data.CopyRows(std::span(places_).subspan(first, count), *rows_, buffer);
  }
}

// Keeps what the work fails with, and has the others stop.
template <typename Work>
void RowWindow::Guard(Work&& work) noexcept {
  try {
    work();
  } catch (...) {
    const std::lock_guard lock(mutex_);
    if (failure_ == nullptr) failure_ = std::current_exception();
    is_over_.store(true);
  }
}

void RowWindow::Wait() {
  if (reader_.joinable()) reader_.join();
  reader_ = PooledThread();
  const std::exception_ptr failure = std::exchange(failure_, nullptr);
  if (failure == nullptr) return;
  numbers_.clear();
  taken_ = 0;
  std::rethrow_exception(failure);
}

void RowWindow::Abandon() noexcept {
  is_over_.store(true);
  if (reader_.joinable()) reader_.join();
  reader_ = PooledThread();
  failure_ = nullptr;
  numbers_.clear();
  taken_ = 0;
}

bool RowWindow::HasNext(const RowSelection& rows) const {
  if (rows.count > count() - taken_) return false;
  const uint32_t* own = numbers_.data() + taken_;
  if (rows.rows != nullptr) return std::equal(rows.rows, rows.rows + rows.count, own);
  // A stretch was one when it was read, or is read anew.
  return int64_t{own[0]} == rows.first &&
         int64_t{own[rows.count - 1]} == rows.first + rows.count - 1 &&
         std::is_sorted(own, own + rows.count);
}

RowSelection RowWindow::Take(int64_t rows) {
  const RowSelection taken{nullptr, taken_, rows, 0};
  taken_ += rows;
  return taken;
}

}  // namespace layerwise
