// What the addon exports. Each worker thread has its own classes and objects; the threads of the
// core, its queue of jobs and its idle predictors are shared by all environments of the process.
#include <napi.h>

#include "native/network/network.h"
#include "native/node/boundary.h"
#include "native/node/csv_functions.h"
#include "native/node/dataset_wrap.h"
#include "native/node/instance.h"
#include "native/node/many_runs_job.h"
#include "native/node/network_wrap.h"
#include "native/node/open_pipe.h"
#include "native/node/trainer_wrap.h"
#include "native/node/value_conversion.h"
#include "native/training/describe.h"

namespace layerwise {
namespace {

Napi::Value DescribeEverything(const Napi::CallbackInfo& info) {
  return ToJs(info.Env(), Describe());
}

Napi::Value TellInfo(const Napi::CallbackInfo& info) { return ToJs(info.Env(), Info()); }

Napi::Value DescribeParameters(const Napi::CallbackInfo& info) {
  return ToJs(info.Env(), DescribeParametersOf(FromJs(info[0], "spec")));
}

template <Napi::Value (*kBody)(const Napi::CallbackInfo&)>
Napi::Function MakeFunction(Napi::Env env, const char* name) {
  napi_value function = nullptr;
  Check(env, napi_create_function(env, name, NAPI_AUTO_LENGTH, &FunctionCallback<kBody>, nullptr,
                                  &function));
  return {env, function};
}

napi_value Export(Napi::Env env, Napi::Object exports) {
  Instance::Create(env);
  SetMember(exports, "describe", MakeFunction<&DescribeEverything>(env, "describe"));
  SetMember(exports, "info", MakeFunction<&TellInfo>(env, "info"));
  SetMember(exports, "parametersOf", MakeFunction<&DescribeParameters>(env, "parametersOf"));
  SetMember(exports, "openPipe", MakeFunction<&OpenPipe>(env, "openPipe"));
  SetMember(exports, "cutRecords", MakeFunction<&CutCsvRecords>(env, "cutRecords"));
  SetMember(exports, "addToMoments", MakeFunction<&AddToColumnMoments>(env, "addToMoments"));
  SetMember(exports, "Dataset", DatasetWrap::Define(env));
  SetMember(exports, "Network", NetworkWrap::Define(env));
  SetMember(exports, "Trainer", TrainerWrap::Define(env));
  SetMember(exports, "ManyRuns", ManyRunsWrap::Define(env));
  return exports;
}

}  // namespace
}  // namespace layerwise

NAPI_MODULE_INIT() {
  return layerwise::Guarded(env, [&] { return layerwise::Export(env, {env, exports}); });
}
