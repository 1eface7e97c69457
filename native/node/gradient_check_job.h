// A check of gradients as a job.
#pragma once

#include <node_api.h>

#include <memory>
#include <utility>

#include "native/node/event_conversion.h"
#include "native/node/job.h"
#include "native/node/value_conversion.h"
#include "native/plan/gradient_check.h"

namespace layerwise {

class GradientCheckJob final : public Job {
 public:
  explicit GradientCheckJob(std::unique_ptr<GradientCheck> check) : check_(std::move(check)) {}

 private:
  void Execute() override { report_ = check_->Execute(stop_flag()); }
  void Release() noexcept override { check_.reset(); }
  napi_value Result(napi_env env) override { return ToJs(env, DescribeGradients(report_)); }

  std::unique_ptr<GradientCheck> check_;
  GradientReport report_;
};

}  // namespace layerwise
