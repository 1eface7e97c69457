#include "native/training/row_blocks.h"

#include <algorithm>
#include <atomic>
#include <utility>

#include "native/core/turns.h"
#include "native/layers/blocks.h"

namespace layerwise {
namespace {

// What lies between the layers of such a network fits in the second-level cache for so many rows;
// threads still work for much longer than they need to meet.
constexpr int64_t kRowsInBlock = 256;
// Smaller batches are in the cache as a whole.
constexpr int64_t kFromRows = 4 * kRowsInBlock;
// Each thread has parameters and gradients of its own: larger networks would not have room for them
// in its cache, and their products are worth cutting up for several threads anyway.
constexpr int64_t kMostParameters = 64 * 1024;

int64_t BlocksOf(int64_t rows) { return (rows + kRowsInBlock - 1) / kRowsInBlock; }

RowSelection BlockAt(const RowSelection& rows, int64_t index) {
  const int64_t blocks = BlocksOf(rows.count);
  const int64_t first = PartBegin(rows.count, index, blocks);
  return rows.Slice(first, PartBegin(rows.count, index + 1, blocks) - first);
}

}  // namespace

bool RowBlocks::Pay(const ExecutionPlan& plan, const ParameterLayout& layout) {
  return plan.options().batch_rows >= kFromRows && layout.size() <= kMostParameters &&
         !plan.options().bf16() && plan.TakesRowsApart();
}

RowBlocks::RowBlocks(Session& session) : session_(session) {
  PlanOptions options = session.plan().options();
  const int64_t blocks = BlocksOf(options.batch_rows);
  options.batch_rows = kRowsInBlock;
  options.threads = 1;
  options.optimizer = nullptr;
  for (int64_t i = 0; i < std::min<int64_t>(blocks, session.pool().size()); ++i) {
    lanes_.push_back(std::make_unique<Session>(session.shared_network(), options));
    lanes_.back()->Allocate();
  }
}

void RowBlocks::Pass(const Dataset& data, const RowSelection& rows,
                     std::span<const ClassWeights> class_weights, const TrainingPass& pass,
                     double share, bool adds, Meter& meter) {
  const ReadAhead::Staged staged = session_.Stage(data, rows);
  const int64_t blocks = BlocksOf(rows.count);
  const double share_of_row = share / static_cast<double>(rows.count);
  std::atomic<int64_t> next_block{0};
  Turns turns;
  session_.pool().Run(static_cast<int64_t>(lanes_.size()), [&](int64_t task, int) {
    Session& lane = *lanes_[static_cast<size_t>(task)];
    bool is_loaded = false;
    for (int64_t i = next_block++; i < blocks; i = next_block++) {
      if (!std::exchange(is_loaded, true)) lane.Load(session_.parameters());
      const RowSelection block = BlockAt(staged.rows, i);
      lane.Pass(staged.data, block, class_weights, pass);
      lane.KeepGradients(block.count, share_of_row * static_cast<double>(block.count));
      turns.Take(i, [&] {
        session_.plan().trained().TakeGradients(lane.plan().trained(), adds || i > 0);
        meter.Add(lane.plan(), lane.pool(), data, BlockAt(rows, i));
      });
    }
  });
}

size_t RowBlocks::bytes() const {
  size_t bytes = 0;
  for (const auto& lane : lanes_) bytes += lane->bytes();
  return bytes;
}

}  // namespace layerwise
