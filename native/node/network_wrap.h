// class Network of the addon.
#pragma once

#include <node_api.h>

#include <cstdint>
#include <memory>
#include <span>

#include "native/network/network.h"
#include "native/node/call.h"
#include "native/node/forward_jobs.h"
#include "native/plan/idle_predictors.h"

namespace layerwise {

class NetworkWrap {
 public:
  static constexpr const char* kClassName = "Network";
  static const napi_type_tag kTypeTag;
  static napi_value Define(napi_env env);

  // (spec)
  explicit NetworkWrap(const Call& call);

  std::shared_ptr<Network> network() const { return network_; }

 private:
  napi_value InputSize(const Call& call);
  napi_value OutputSize(const Call& call);
  napi_value Bytes(const Call& call);
  napi_value Layers(const Call& call);
  napi_value ListParameters(const Call& call);
  napi_value GetParameter(const Call& call);  // (name)
  napi_value SetParameter(const Call& call);  // (name, values)
  napi_value PredictSync(const Call& call);   // (inputs, rows, from?, to?)
  napi_value Predict(const Call& call);   // (inputs, rows, { threads?, from?, to?, series? … }?)
  napi_value Evaluate(const Call& call);  // (dataset, options, lossFunction?)
  napi_value CheckGradients(const Call& call);     // (dataset, options)
  napi_value TestLearningRates(const Call& call);  // (dataset, options)
  template <class Trial>
  napi_value Try(const Call& call);
  napi_value Fit(const Call& call);  // (dataset, options, onEvents?, lossFunction?)

  int64_t LayerCount() const;

  std::shared_ptr<Network> network_;            // runs hold it too
  std::shared_ptr<IdlePredictors> predictors_;  // predictions under way hold it too
  std::shared_ptr<PredictionSeries> series_ = std::make_shared<PredictionSeries>();  // likewise
  ExternalMemory memory_;
};

}  // namespace layerwise
