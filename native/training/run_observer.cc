#include "native/training/run_observer.h"

#include <cmath>
#include <string>

#include "native/core/error.h"
#include "native/core/finite.h"
#include "native/training/divergence.h"

namespace layerwise {
namespace {

double Seconds(std::chrono::steady_clock::duration duration) {
  return std::chrono::duration<double>(duration).count();
}

Error Diverged(const std::string& where, const char* expected, const std::string& received) {
  return {
      ErrorKind::kDivergence, where, expected, received,
      std::string(kDivergedRemedy) + " The model keeps the parameters of the last finished epoch."};
}

}  // namespace

RunObserver::RunObserver(const Session& session, Meter& meter, Inspection* inspection,
                         EventSink& sink, int64_t batches_in_epoch, double progress_seconds)
    : session_(session),
      meter_(meter),
      inspection_(inspection),
      sink_(sink),
      batches_in_epoch_(batches_in_epoch),
      progress_seconds_(progress_seconds) {}

void RunObserver::BeginEpoch(int64_t epoch, double seconds_before) {
  epoch_ = epoch;
  loss_before_ = meter_.loss_sum();
  seconds_before_ = seconds_before;
  epoch_start_ = last_progress_ = Clock::now();
}

double RunObserver::SecondsOfEpoch() const {
  return seconds_before_ + Seconds(Clock::now() - epoch_start_);
}

void RunObserver::CheckLoss(int64_t batch, int64_t rows) {
  const double loss = meter_.loss_sum() - loss_before_;
  loss_before_ = meter_.loss_sum();
  if (std::isfinite(loss)) return;
  const std::string layer = session_.plan().layers().FirstNonFinite(rows);
  throw Diverged(layer.empty() ? "loss" : layer, "finite numbers",
                 std::string(std::isnan(loss) ? "NaN" : "infinity") + " in epoch " +
                     std::to_string(epoch_) + ", batch " + std::to_string(batch));
}

void RunObserver::BeforeUpdate(int64_t update, bool ends_epoch) {
  update_ = update;
  inspects_ = inspection_ != nullptr && inspection_->IsDueAfter(epoch_, update, ends_epoch);
  if (inspects_) inspection_->KeepParameters(session_.parameters());
}

void RunObserver::AfterUpdate() {
  if (!inspects_) return;
  sink_.OnStatistics(inspection_->Inspect(session_.parameters(), epoch_, update_));
}

void RunObserver::ReportProgress(int64_t batch) {
  const Clock::time_point now = Clock::now();
  if (Seconds(now - last_progress_) < progress_seconds_) return;
  last_progress_ = now;
  ProgressEvent event;
  event.epoch = epoch_;
  event.batch = batch;
  event.batches = batches_in_epoch_;
  event.training = meter_.Running();
  event.rows_per_second = RowsPerSecond(meter_.rows(), SecondsOfEpoch());
  sink_.OnProgress(event);
}

void RunObserver::CheckParameters() const {
  const ParameterBlock* block = FirstNonFinite();
  if (block == nullptr) return;
  throw Diverged(block->name, "finite parameters",
                 "NaN or infinity after epoch " + std::to_string(epoch_));
}

const ParameterBlock* RunObserver::FirstNonFinite() const {
  for (const ParameterBlock& block : session_.layout().blocks()) {
    const float* values = session_.parameters() + block.offset;
    const auto count = static_cast<size_t>(block.panels.size());
    if (!AllFinite({values, count})) return &block;
  }
  return nullptr;
}

double RowsPerSecond(int64_t rows, double seconds) {
  return seconds > 0 ? static_cast<double>(rows) / seconds : 0.0;
}

}  // namespace layerwise
