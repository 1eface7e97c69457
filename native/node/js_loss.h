// A loss that a JavaScript function computes.
#pragma once

#include <napi.h>

#include "native/node/job.h"
#include "native/plan/custom_loss.h"

namespace layerwise {

class JsLoss final : public CustomLoss {
 public:
  // function(outputs, targets, gradient, rows, weights): Float32Arrays of rows * columns values,
  // the targets of classes as one-hot rows; `gradient` is to be filled, `weights` may be undefined.
  // Returns the loss, or anything but a number when it has failed.
  explicit JsLoss(const Napi::Function& function) : function_(Napi::Persistent(function)) {}

  // Before Compute: the job on whose thread it is called.
  void set_job(Job* job) { job_ = job; }

  double Compute(const LossBatch& batch) override;

 private:
  // On the JavaScript thread. Returns whether there is an answer.
  bool Ask(Napi::Env env, const LossBatch& batch, double* loss) const;

  Napi::FunctionReference function_;
  Job* job_ = nullptr;
};

}  // namespace layerwise
