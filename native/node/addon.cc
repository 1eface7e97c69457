// What the addon exports. Nothing here or below is shared between environments: each worker thread
// has its own classes and objects.
#include <napi.h>

#include "native/node/dataset_wrap.h"
#include "native/node/error_conversion.h"
#include "native/node/network_wrap.h"
#include "native/node/value_conversion.h"
#include "native/plan/describe.h"

namespace {

Napi::Value DescribeAll(const Napi::CallbackInfo& info) {
  return layerwise::Guarded(info.Env(),
                            [&] { return layerwise::ToJs(info.Env(), layerwise::Describe()); });
}

Napi::Value TellInfo(const Napi::CallbackInfo& info) {
  return layerwise::Guarded(info.Env(),
                            [&] { return layerwise::ToJs(info.Env(), layerwise::Info()); });
}

Napi::Object Init(Napi::Env env, Napi::Object exports) {
  exports.Set("describe", Napi::Function::New<DescribeAll>(env, "describe"));
  exports.Set("info", Napi::Function::New<TellInfo>(env, "info"));
  exports.Set("Dataset", layerwise::DatasetWrap::Define(env));
  exports.Set("Network", layerwise::NetworkWrap::Define(env));
  return exports;
}

}  // namespace

NODE_API_MODULE(layerwise, Init)
