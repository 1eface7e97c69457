#include "native/node/network_wrap.h"

#include <algorithm>
#include <limits>
#include <span>
#include <string>
#include <utility>

#include "native/core/error.h"
#include "native/core/thread_pool.h"
#include "native/node/arguments.h"
#include "native/node/dataset_wrap.h"
#include "native/node/error_conversion.h"
#include "native/node/jobs.h"
#include "native/node/value_conversion.h"
#include "native/plan/run.h"

namespace layerwise {
namespace {

constexpr napi_type_tag kTag{0x6c61796572776973, 0x654e6574776f726b};

constexpr int64_t kMaxRows = std::numeric_limits<int32_t>::max();
// Synchronous predictions keep their memory for as many ranges of layers.
constexpr size_t kCachedPredictors = 4;

void CheckInputs(std::span<const float> inputs, int64_t rows, int64_t input_size) {
  if (static_cast<int64_t>(inputs.size()) == rows * input_size) return;
  throw Error(ErrorKind::kShape, "inputs",
              std::to_string(rows) + " rows of " + std::to_string(input_size) + " values",
              std::to_string(inputs.size()) + " values", "Give whole rows.");
}

// An options object without one of its members, which does not cross as plain data.
Value OptionsWithout(Napi::Object options, const char* member) {
  const Napi::Env env = options.Env();
  const Napi::Object copy = Napi::Object::New(env);
  const Napi::Array names = options.GetPropertyNames();
  for (uint32_t i = 0; i < names.Length(); ++i) {
    const std::string name = Napi::Value(names[i]).ToString().Utf8Value();
    if (name != member) copy.Set(name, options.Get(name));
  }
  return FromJs(copy, "options");
}

Napi::Object OptionsArgument(Napi::Value value) {
  if (value.IsObject() && !value.IsFunction()) return value.As<Napi::Object>();
  throw Error(ErrorKind::kArgument, "options", "an object", "something else",
              "Give the options as an object.");
}

}  // namespace

Napi::Function NetworkWrap::Define(Napi::Env env) {
  return DefineClass(env, "Network",
                     {InstanceAccessor<&NetworkWrap::InputSize>("inputSize"),
                      InstanceAccessor<&NetworkWrap::OutputSize>("outputSize"),
                      InstanceAccessor<&NetworkWrap::Bytes>("bytes"),
                      InstanceMethod<&NetworkWrap::Layers>("layers"),
                      InstanceMethod<&NetworkWrap::ListParameters>("parameters"),
                      InstanceMethod<&NetworkWrap::GetParameter>("getParameter"),
                      InstanceMethod<&NetworkWrap::SetParameter>("setParameter"),
                      InstanceMethod<&NetworkWrap::PredictSync>("predictSync"),
                      InstanceMethod<&NetworkWrap::Predict>("predict"),
                      InstanceMethod<&NetworkWrap::Evaluate>("evaluate"),
                      InstanceMethod<&NetworkWrap::Fit>("fit")});
}

NetworkWrap::NetworkWrap(const Napi::CallbackInfo& info) : ObjectWrap(info) {
  Guarded(info.Env(), [&] {
    network_ = std::make_shared<Network>(FromJs(info[0], "spec"));
    info.This().As<Napi::Object>().TypeTag(&kTag);
    // Once trained it holds its parameters twice.
    reported_bytes_ = 2 * static_cast<int64_t>(network_->bytes());
    Napi::MemoryManagement::AdjustExternalMemory(info.Env(), reported_bytes_);
  });
}

void NetworkWrap::Finalize(Napi::Env env) {
  Napi::MemoryManagement::AdjustExternalMemory(env, -reported_bytes_);
}

Network& NetworkWrap::This(const Napi::CallbackInfo& info) const {
  const Napi::Value self = info.This();
  if (self.IsObject() && self.As<Napi::Object>().CheckTypeTag(&kTag)) return *network_;
  throw Error(ErrorKind::kArgument, "this", "a Network", "something else",
              "Call the method on a Network.");
}

int64_t NetworkWrap::LayerCount() const {
  return static_cast<int64_t>(network_->spec().layers.size());
}

Napi::Value NetworkWrap::InputSize(const Napi::CallbackInfo& info) {
  return Guarded(info.Env(), [&]() -> Napi::Value {
    return Napi::Number::New(info.Env(), static_cast<double>(This(info).input_size()));
  });
}

Napi::Value NetworkWrap::OutputSize(const Napi::CallbackInfo& info) {
  return Guarded(info.Env(), [&]() -> Napi::Value {
    return Napi::Number::New(info.Env(), static_cast<double>(This(info).output_size()));
  });
}

Napi::Value NetworkWrap::Bytes(const Napi::CallbackInfo& info) {
  return Guarded(info.Env(), [&]() -> Napi::Value {
    return Napi::Number::New(info.Env(), static_cast<double>(This(info).bytes()));
  });
}

Napi::Value NetworkWrap::Layers(const Napi::CallbackInfo& info) {
  return Guarded(info.Env(), [&] { return ToJs(info.Env(), This(info).DescribeLayers()); });
}

Napi::Value NetworkWrap::ListParameters(const Napi::CallbackInfo& info) {
  return Guarded(info.Env(), [&] { return ToJs(info.Env(), This(info).DescribeParameters()); });
}

Napi::Value NetworkWrap::GetParameter(const Napi::CallbackInfo& info) {
  return Guarded(info.Env(), [&]() -> Napi::Value {
    const Network& network = This(info);
    const std::string name = StringArgument(info[0], "name");
    const auto size = static_cast<size_t>(network.ParameterSize(name));
    Napi::Float32Array values = Napi::Float32Array::New(info.Env(), size);
    network.ReadParameter(name, {values.Data(), size});
    return values;
  });
}

void NetworkWrap::SetParameter(const Napi::CallbackInfo& info) {
  Guarded(info.Env(), [&] {
    Network& network = This(info);
    const std::string name = StringArgument(info[0], "name");
    network.WriteParameter(name, FloatsArgument(info[1], name.c_str()));
  });
}

Predictor& NetworkWrap::PredictorFor(int64_t from, int64_t to) {
  const auto found = std::find_if(
      predictors_.begin(), predictors_.end(),
      [&](const CachedPredictor& cached) { return cached.from == from && cached.to == to; });
  if (found != predictors_.end()) return *found->predictor;
  auto predictor = std::make_unique<Predictor>(network_, from, to, 1);
  if (predictors_.size() == kCachedPredictors) predictors_.erase(predictors_.begin());
  predictors_.push_back({from, to, std::move(predictor)});
  return *predictors_.back().predictor;
}

Napi::Value NetworkWrap::PredictSync(const Napi::CallbackInfo& info) {
  return Guarded(info.Env(), [&]() -> Napi::Value {
    This(info);
    const int64_t rows = IntegerArgument(info[1], "rows", 0, kMaxRows);
    const int64_t from = IntegerArgumentOr(info[2], "from", 0, LayerCount(), 0);
    const int64_t to = IntegerArgumentOr(info[3], "to", 0, LayerCount(), LayerCount());
    Predictor& predictor = PredictorFor(from, to);
    Napi::Float32Array outputs =
        Napi::Float32Array::New(info.Env(), static_cast<size_t>(rows * predictor.output_size()));
    // Read after the output was made: nothing of JavaScript runs from here on.
    const std::span<const float> inputs = FloatsArgument(info[0], "inputs");
    CheckInputs(inputs, rows, predictor.input_size());
    predictor.Predict(inputs, rows, {outputs.Data(), outputs.ElementLength()});
    return outputs;
  });
}

Napi::Value NetworkWrap::Predict(const Napi::CallbackInfo& info) {
  return Guarded(info.Env(), [&]() -> Napi::Value {
    This(info);
    const int64_t rows = IntegerArgument(info[1], "rows", 0, kMaxRows);
    const layerwise::Value value = info[2].IsUndefined()
                                       ? layerwise::Value(layerwise::Value::Object{})
                                       : FromJs(info[2], "options");
    const ValueReader options(value, "options");
    options.AllowOnly({"threads", "from", "to"});
    const int64_t from = options.IntegerOr("from", 0, LayerCount(), 0);
    const int64_t to = options.IntegerOr("to", 0, LayerCount(), LayerCount());
    const auto threads =
        static_cast<int>(options.IntegerOr("threads", 1, kMaxThreads, DefaultThreads()));
    const std::span<const float> inputs = FloatsArgument(info[0], "inputs");
    auto predictor = std::make_unique<Predictor>(network_, from, to, threads);
    CheckInputs(inputs, rows, predictor->input_size());
    const auto bytes = static_cast<int64_t>(inputs.size_bytes());
    return Job::Start(
        info.Env(),
        std::make_unique<PredictionJob>(std::move(predictor),
                                        std::vector<float>(inputs.begin(), inputs.end()), rows),
        {}, bytes);
  });
}

Napi::Value NetworkWrap::Evaluate(const Napi::CallbackInfo& info) {
  return Guarded(info.Env(), [&]() -> Napi::Value {
    This(info);
    auto evaluation = std::make_unique<Evaluation>(network_, DatasetWrap::Argument(info[0], "data"),
                                                   FromJs(info[1], "options"));
    return Job::Start(info.Env(), std::make_unique<EvaluationJob>(std::move(evaluation)), {}, 0);
  });
}

Napi::Value NetworkWrap::Fit(const Napi::CallbackInfo& info) {
  return Guarded(info.Env(), [&]() -> Napi::Value {
    This(info);
    const Napi::Env env = info.Env();
    const std::shared_ptr<const Dataset> data = DatasetWrap::Argument(info[0], "data");
    const Napi::Object options = OptionsArgument(info[1]);
    std::shared_ptr<const Dataset> validation;
    const Napi::Value held_out = options.Get("validation");
    const bool has_dataset = held_out.IsObject() && held_out.As<Napi::Object>().Has("dataset");
    if (has_dataset) {
      validation =
          DatasetWrap::Argument(held_out.As<Napi::Object>().Get("dataset"), "validation.dataset");
    }
    const layerwise::Value plain =
        has_dataset ? OptionsWithout(options, "validation") : FromJs(options, "options");
    const Napi::Function listener =
        info[2].IsFunction() ? info[2].As<Napi::Function>() : Napi::Function();
    auto run = std::make_shared<Run>(network_, data, validation, plain);
    auto handle = std::make_shared<RunHandle>(run);
    const auto bytes = static_cast<int64_t>(run->arena_bytes());
    const Napi::Object result = Napi::Object::New(env);
    result.Set("promise",
               Job::Start(env, std::make_unique<TrainingJob>(std::move(run)), listener, bytes));
    result.Set("stop", Napi::Function::New(
                           env, [handle](const Napi::CallbackInfo&) { handle->Stop(); }, "stop"));
    return result;
  });
}

}  // namespace layerwise
