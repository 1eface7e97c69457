// The jobs that try something out on a copy of a network: checks of gradients, tests of learning
// rates.
#pragma once

#include <napi.h>

#include <memory>
#include <utility>

#include "native/node/event_conversion.h"
#include "native/node/queued_job.h"
#include "native/node/value_conversion.h"
#include "native/training/gradient_check.h"
#include "native/training/learning_rate_finder.h"

namespace layerwise {

// Of something with an Execute whose result Describe makes plain data of.
template <class Trial>
class TrialJob final : public QueuedJob {
 public:
  explicit TrialJob(std::unique_ptr<Trial> trial) : trial_(std::move(trial)) {}

 private:
  void Execute() override { result_ = trial_->Execute(stop_flag()); }
  void Release() noexcept override { trial_.reset(); }
  Napi::Value Result(Napi::Env env) override { return ToJs(env, Describe(result_)); }

  std::unique_ptr<Trial> trial_;
  decltype(std::declval<Trial&>().Execute(std::declval<const std::atomic<bool>&>())) result_;
};

}  // namespace layerwise
