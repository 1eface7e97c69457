#include "native/node/jobs.h"

#include <algorithm>
#include <string>
#include <utility>

#include "native/node/value_conversion.h"

namespace layerwise {
namespace {

Value DescribeMetrics(const EvaluationResult& result, const std::vector<std::string>& names) {
  Value::Object metrics;
  for (size_t i = 0; i < names.size(); ++i) metrics.emplace_back(names[i], result.metrics[i]);
  return metrics;
}

Value::Object DescribeResult(const EvaluationResult& result,
                             const std::vector<std::string>& names) {
  Value::Object described;
  described.emplace_back("loss", result.loss);
  described.emplace_back("metrics", DescribeMetrics(result, names));
  return described;
}

Value::Object DescribeEpoch(const EpochEvent& event, const std::vector<std::string>& names) {
  Value::Object described;
  described.emplace_back("epoch", event.epoch);
  described.emplace_back("epochs", event.epochs);
  described.emplace_back("loss", event.training.loss);
  described.emplace_back("metrics", DescribeMetrics(event.training, names));
  Value validation;
  if (event.has_validation) validation = DescribeResult(event.validation, names);
  described.emplace_back("validation", std::move(validation));
  described.emplace_back("seconds", event.seconds);
  described.emplace_back("rowsPerSecond", event.rows_per_second);
  return described;
}

Value::Object DescribeProgress(const ProgressEvent& event, const std::vector<std::string>& names) {
  Value::Object described;
  described.emplace_back("type", "progress");
  described.emplace_back("epoch", event.epoch);
  described.emplace_back("batch", event.batch);
  described.emplace_back("batches", event.batches);
  described.emplace_back("loss", event.training.loss);
  described.emplace_back("metrics", DescribeMetrics(event.training, names));
  described.emplace_back("rowsPerSecond", event.rows_per_second);
  return described;
}

}  // namespace

void TrainingJob::Execute() { history_ = run_->Execute(*this); }

void TrainingJob::OnProgress(const ProgressEvent& event) {
  {
    const std::lock_guard lock(mutex_);
    progress_.assign(1, event);
  }
  Notify();
}

void TrainingJob::OnEpoch(const EpochEvent& event) {
  {
    const std::lock_guard lock(mutex_);
    epochs_.push_back(event);
    progress_.clear();  // of an epoch that is over
  }
  Notify();
}

Napi::Value TrainingJob::TakeMessages(Napi::Env env) {
  std::vector<EpochEvent> epochs;
  std::vector<ProgressEvent> progress;
  {
    const std::lock_guard lock(mutex_);
    epochs.swap(epochs_);
    progress.swap(progress_);
  }
  if (epochs.empty() && progress.empty()) return {};
  Value::Array events;
  for (const EpochEvent& event : epochs) {
    Value::Object described = DescribeEpoch(event, run_->metric_names());
    described.emplace(described.begin(), "type", "epoch");
    events.emplace_back(std::move(described));
  }
  for (const ProgressEvent& event : progress) {
    events.emplace_back(DescribeProgress(event, run_->metric_names()));
  }
  return ToJs(env, Value(std::move(events)));
}

Napi::Value TrainingJob::Result(Napi::Env env) {
  Value::Array epochs;
  for (const EpochEvent& event : history_.epochs) {
    epochs.emplace_back(DescribeEpoch(event, run_->metric_names()));
  }
  Value::Object history;
  history.emplace_back("stopped", history_.stopped);
  history.emplace_back("epochs", std::move(epochs));
  history.emplace_back("seconds", history_.seconds);
  history.emplace_back("rowsPerSecond", history_.rows_per_second);
  history.emplace_back("threads", history_.threads);
  history.emplace_back("arenaBytes", static_cast<int64_t>(history_.arena_bytes));
  // Lets go of the network before the promise settles, so that the next run can begin at once.
  run_.reset();
  return ToJs(env, Value(std::move(history)));
}

Napi::Value EvaluationJob::Result(Napi::Env env) {
  return ToJs(env, Value(DescribeResult(result_, evaluation_->metric_names())));
}

void PredictionJob::Execute() {
  outputs_.resize(static_cast<size_t>(rows_ * predictor_->output_size()));
  predictor_->Predict(inputs_, rows_, outputs_, &stop_flag());
}

Napi::Value PredictionJob::Result(Napi::Env env) {
  Napi::Float32Array array = Napi::Float32Array::New(env, outputs_.size());
  std::copy(outputs_.begin(), outputs_.end(), array.Data());
  return array;
}

}  // namespace layerwise
