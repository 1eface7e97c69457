// class Trainer of the addon.
#pragma once

#include <napi.h>

#include <memory>

#include "native/node/object_wrap.h"
#include "native/training/manual_trainer.h"

namespace layerwise {

class TrainerWrap final : public Wrap<TrainerWrap> {
 public:
  static constexpr const char* kClassName = "Trainer";
  static Napi::Function Define(Napi::Env env);

  // (network, options)
  explicit TrainerWrap(const Napi::CallbackInfo& info);

 private:
  Napi::Value Bytes(const Napi::CallbackInfo& info);
  Napi::Value Threads(const Napi::CallbackInfo& info);
  Napi::Value Updates(const Napi::CallbackInfo& info);
  Napi::Value Forward(const Napi::CallbackInfo& info);        // (inputs, rows, training, outputs)
  Napi::Value Backward(const Napi::CallbackInfo& info);       // (outputGradient)
  Napi::Value InputGradient(const Napi::CallbackInfo& info);  // (to)
  Napi::Value Step(const Napi::CallbackInfo& info);           // (learningRate)
  Napi::Value ZeroGradients(const Napi::CallbackInfo& info);
  Napi::Value Gradient(const Napi::CallbackInfo& info);  // (name)
  Napi::Value Publish(const Napi::CallbackInfo& info);
  Napi::Value State(const Napi::CallbackInfo& info);
  Napi::Value SetState(const Napi::CallbackInfo& info);  // (state)

  std::shared_ptr<Network> network_;
  ManualTrainer trainer_;
  ExternalMemory memory_;
};

}  // namespace layerwise
