// class Network of the addon.
#pragma once

#include <napi.h>

#include <cstdint>
#include <memory>
#include <vector>

#include "native/plan/network.h"
#include "native/plan/predictor.h"

namespace layerwise {

class NetworkWrap : public Napi::ObjectWrap<NetworkWrap> {
 public:
  static Napi::Function Define(Napi::Env env);

  explicit NetworkWrap(const Napi::CallbackInfo& info);
  void Finalize(Napi::Env env) override;

 private:
  struct CachedPredictor {
    int64_t from;
    int64_t to;
    std::unique_ptr<Predictor> predictor;
  };

  Napi::Value InputSize(const Napi::CallbackInfo& info);
  Napi::Value OutputSize(const Napi::CallbackInfo& info);
  Napi::Value Bytes(const Napi::CallbackInfo& info);
  Napi::Value Layers(const Napi::CallbackInfo& info);
  Napi::Value ListParameters(const Napi::CallbackInfo& info);
  Napi::Value GetParameter(const Napi::CallbackInfo& info);
  void SetParameter(const Napi::CallbackInfo& info);
  Napi::Value PredictSync(const Napi::CallbackInfo& info);
  Napi::Value Predict(const Napi::CallbackInfo& info);
  Napi::Value Evaluate(const Napi::CallbackInfo& info);
  Napi::Value Fit(const Napi::CallbackInfo& info);

  Network& This(const Napi::CallbackInfo& info) const;
  int64_t LayerCount() const;
  Predictor& PredictorFor(int64_t from, int64_t to);

  std::shared_ptr<Network> network_;
  int64_t reported_bytes_ = 0;
  std::vector<CachedPredictor> predictors_;  // the newest last
};

}  // namespace layerwise
