// class Network of the addon.
#pragma once

#include <napi.h>

#include <cstdint>
#include <memory>
#include <span>

#include "native/network/network.h"
#include "native/node/forward_jobs.h"
#include "native/node/object_wrap.h"
#include "native/plan/idle_predictors.h"

namespace layerwise {

class NetworkWrap final : public Wrap<NetworkWrap> {
 public:
  static constexpr const char* kClassName = "Network";
  static Napi::Function Define(Napi::Env env);

  // (spec)
  explicit NetworkWrap(const Napi::CallbackInfo& info);

  std::shared_ptr<Network> network() const { return network_; }

 private:
  Napi::Value InputSize(const Napi::CallbackInfo& info);
  Napi::Value OutputSize(const Napi::CallbackInfo& info);
  Napi::Value Bytes(const Napi::CallbackInfo& info);
  Napi::Value Layers(const Napi::CallbackInfo& info);
  Napi::Value ListParameters(const Napi::CallbackInfo& info);
  Napi::Value GetParameter(const Napi::CallbackInfo& info);  // (name, from?)
  Napi::Value GetParameters(const Napi::CallbackInfo& info);
  Napi::Value SetParameter(const Napi::CallbackInfo& info);      // (name, values)
  Napi::Value MakeRowPredictor(const Napi::CallbackInfo& info);  // (from?, to?)
  Napi::Value Predict(
      const Napi::CallbackInfo& info);  // (inputs, rows, { threads?, from?, to?, series? … }?)
  Napi::Value Evaluate(const Napi::CallbackInfo& info);        // (dataset, options, lossFunction?)
  Napi::Value CheckGradients(const Napi::CallbackInfo& info);  // (dataset, options)
  Napi::Value TestLearningRates(const Napi::CallbackInfo& info);  // (dataset, options)
  template <class Trial>
  Napi::Value Try(const Napi::CallbackInfo& info);
  // (dataset, options, onEvents?, lossFunction?, state?, stream?, together?), the last one ManyRuns
  // that the run is added to in the place of starting it
  Napi::Value Fit(const Napi::CallbackInfo& info);

  int64_t LayerCount() const;

  std::shared_ptr<Network> network_;            // runs hold it too
  std::shared_ptr<IdlePredictors> predictors_;  // predictions under way hold it too
  std::shared_ptr<PredictionSeries> series_ = std::make_shared<PredictionSeries>();  // likewise
  ExternalMemory memory_;
};

}  // namespace layerwise
