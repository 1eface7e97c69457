// What the addon exports. Each worker thread has its own classes and objects; the threads of the
// core, its queue of jobs and its idle predictors are shared by all environments of the process.
#include <node_api.h>

#include "native/core/finite.h"
#include "native/node/arguments.h"
#include "native/node/call.h"
#include "native/node/dataset_wrap.h"
#include "native/node/instance.h"
#include "native/node/network_wrap.h"
#include "native/node/trainer_wrap.h"
#include "native/node/value_conversion.h"
#include "native/training/describe.h"

namespace layerwise {
namespace {

napi_value DescribeEverything(const Call& call) { return ToJs(call.env, Describe()); }

napi_value TellInfo(const Call& call) { return ToJs(call.env, Info()); }

napi_value TellWhetherFinite(const Call& call) {
  return ToJs(call.env, Value(AllFinite(FloatsArgument(call.env, call.arguments[0], "values"))));
}

template <napi_value (*kBody)(const Call&)>
napi_value MakeFunction(napi_env env, const char* name) {
  napi_value function = nullptr;
  Check(napi_create_function(env, name, NAPI_AUTO_LENGTH, &Callback<kBody>, nullptr, &function));
  return function;
}

napi_value Export(napi_env env, napi_value exports) {
  const auto add = [&](const char* name, napi_value value) {
    Check(napi_set_named_property(env, exports, name, value));
  };
  Instance::Create(env);
  add("describe", MakeFunction<&DescribeEverything>(env, "describe"));
  add("info", MakeFunction<&TellInfo>(env, "info"));
  add("allFinite", MakeFunction<&TellWhetherFinite>(env, "allFinite"));
  add("Dataset", DatasetWrap::Define(env));
  add("Network", NetworkWrap::Define(env));
  add("Trainer", TrainerWrap::Define(env));
  return exports;
}

}  // namespace
}  // namespace layerwise

NAPI_MODULE_INIT() {
  return layerwise::Guarded(env, [&] { return layerwise::Export(env, exports); });
}
