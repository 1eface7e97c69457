#include "native/training/session.h"

#include <algorithm>
#include <utility>

#include "native/plan/batch_loader.h"

namespace layerwise {

Session::Session(std::shared_ptr<const Network> network, const PlanOptions& options)
    : network_(std::move(network)),
      thread_count_(options.threads),
      plan_(network_->spec(), network_->layout(), options) {}

void Session::Allocate(std::shared_ptr<ThreadPool> threads) {
  pool_ = threads != nullptr ? std::move(threads) : std::make_shared<ThreadPool>(thread_count_);
  plan_.Allocate();
}

uint64_t Session::LoadNewest() {
  uint64_t version = 0;
  std::shared_ptr<const Parameters> newest = network_->Snapshot(&version);
  if (plan_.trained().values() != nullptr) {
    Load(newest->data());
    return version;
  }
  newest_ = std::move(newest);
  Prepare();
  return version;
}

void Session::Load(const float* parameters) {
  std::copy_n(parameters, layout().size(), plan_.trained().values());
  Prepare();
}

const float* Session::parameters() const {
  return newest_ != nullptr ? newest_->data() : plan_.trained().values();
}

ReadAhead::Staged Session::Stage(const Dataset& data, const RowSelection& rows) {
  if (!data.reads_file()) return {data, rows};
  if (read_ahead_ == nullptr) read_ahead_ = std::make_unique<ReadAhead>();
  return read_ahead_->Take(data, rows);
}

void Session::LoadRows(const Dataset& data, const RowSelection& rows,
                       std::span<const ClassWeights> class_weights) {
  const ReadAhead::Staged staged = Stage(data, rows);
  LoadBatch(staged.data, staged.rows, plan_.batch(), *pool_, class_weights);
}

void Session::Pass(const Dataset& data, const RowSelection& rows,
                   std::span<const ClassWeights> class_weights, const TrainingPass& pass) {
  LoadRows(data, rows, class_weights);
  Pass(rows.count, pass, true);
}

void Session::Pass(int64_t rows, const TrainingPass& pass, bool with_gradient) {
  plan_.ForwardTraining(*pool_, rows, pass);
  plan_.Loss(*pool_, rows, with_gradient);
}

}  // namespace layerwise
