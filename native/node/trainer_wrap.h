// class Trainer of the addon.
#pragma once

#include <node_api.h>

#include "native/node/call.h"
#include "native/training/manual_trainer.h"

namespace layerwise {

class TrainerWrap {
 public:
  static constexpr const char* kClassName = "Trainer";
  static const napi_type_tag kTypeTag;
  static napi_value Define(napi_env env);

  // (network, options)
  explicit TrainerWrap(const Call& call);

 private:
  napi_value Bytes(const Call& call);
  napi_value Threads(const Call& call);
  napi_value Updates(const Call& call);
  napi_value Forward(const Call& call);        // (inputs, rows, training, outputs)
  napi_value Backward(const Call& call);       // (outputGradient)
  napi_value InputGradient(const Call& call);  // (to)
  napi_value Step(const Call& call);           // (learningRate)
  napi_value ZeroGradients(const Call& call);
  napi_value Gradient(const Call& call);  // (name)
  napi_value Publish(const Call& call);

  std::shared_ptr<Network> network_;
  ManualTrainer trainer_;
  ExternalMemory memory_;
};

}  // namespace layerwise
