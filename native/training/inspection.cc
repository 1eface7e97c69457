#include "native/training/inspection.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "native/core/error.h"
#include "native/core/option_reader.h"
#include "native/core/random.h"
#include "native/training/layer_statistics.h"
#include "native/training/run_checks.h"

namespace layerwise {
namespace {

constexpr int64_t kSampleRows = 256;

// It computes in single precision, whatever the training does, and keeps all gradients.
PlanOptions Inspecting(PlanOptions options, int64_t rows) {
  options.batch_rows = rows;
  options.optimizer = nullptr;
  options.gradients = true;
  options.inspects = true;
  options.precision = Precision::kFloat32;
  return options;
}

}  // namespace

StatisticsOptions ReadStatisticsOptions(const ValueReader& options) {
  StatisticsOptions read;
  if (!options.Has("statistics")) return read;
  const ValueReader statistics = options.Member("statistics");
  statistics.AllowOnly({"everyEpochs", "everyUpdates", "rows"});
  read.every_epochs = statistics.IntegerOr("everyEpochs", 1, kMaxCount, 0);
  read.every_updates = statistics.IntegerOr("everyUpdates", 1, kMaxCount, 0);
  read.rows = statistics.IntegerOr("rows", 1, std::numeric_limits<int32_t>::max(), kSampleRows);
  if (read.every_epochs > 0 && read.every_updates > 0) {
    throw Error(ErrorKind::kArgument, statistics.path(), "either everyEpochs or everyUpdates",
                "both", "Leave one of them out.");
  }
  if (!read.enabled()) read.every_epochs = 1;
  return read;
}

Inspection::Inspection(const StatisticsOptions& options, std::shared_ptr<const Network> network,
                       const RunData& data, const PlanOptions& plan, uint32_t seed)
    : options_(options),
      data_(data),
      rows_(std::min(options.rows, data.training_rows())),
      seed_(seed),
      session_(std::move(network), Inspecting(plan, rows_)) {
  CheckMeasuredRows(session_.spec(), rows_, ErrorKind::kArgument, "statistics.rows");
}

size_t Inspection::bytes() const { return session_.bytes() + session_.network().bytes(); }

// Takes one row of each of as many stretches: the same rows all the time, so that what changes is
// the network.
void Inspection::Allocate(std::shared_ptr<ThreadPool> threads) {
  session_.Allocate(std::move(threads));
  before_ = std::make_unique<Parameters>(session_.layout());
  const RowSelection training_rows = data_.InOrder();
  const RandomStream stream(seed_, StreamPurpose::kInspection, 0);
  for (int64_t i = 0; i < rows_; ++i) {
    const int64_t at = stream.InStretch(i, rows_, training_rows.count);
    sample_.push_back(static_cast<uint32_t>(training_rows.At(at)));
  }
}

bool Inspection::IsDueAfter(int64_t epoch, int64_t update, bool ends_epoch) const {
  if (options_.every_updates > 0) return update % options_.every_updates == 0;
  return ends_epoch && epoch % options_.every_epochs == 0;
}

void Inspection::KeepParameters(const float* parameters) {
  std::copy_n(parameters, session_.layout().size(), before_->data());
}

StatisticsEvent Inspection::Inspect(const float* parameters, int64_t epoch, int64_t update) {
  session_.Load(parameters);
  session_.Pass(data_.training(), {sample_.data(), 0, rows_}, data_.class_weights(),
                {seed_, static_cast<uint64_t>(update)});
  session_.KeepGradients(rows_);
  // Batch normalisation has changed its running statistics meanwhile, in this copy alone.
  StatisticsEvent event;
  event.epoch = epoch;
  event.update = update;
  event.rows = rows_;
  event.layers =
      StatisticsOf(session_.plan(), session_.spec(), session_.layout(), rows_, before_->data());
  return event;
}

}  // namespace layerwise
