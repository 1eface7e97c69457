#include "native/node/trainer_wrap.h"

#include <limits>
#include <string>

#include "native/core/error.h"
#include "native/node/arguments.h"
#include "native/node/network_wrap.h"
#include "native/node/value_conversion.h"
#include "native/node/wrap.h"

namespace layerwise {
namespace {

std::span<float> WritableFloats(napi_env env, napi_value value, const char* path) {
  constexpr napi_typedarray_type kTypes[] = {napi_float32_array};
  return TypedArrayArgument(env, value, path, kTypes, "a Float32Array").As<float>();
}

bool TruthArgument(napi_env env, napi_value value, const char* path) {
  bool truth = false;
  if (napi_get_value_bool(env, value, &truth) == napi_ok) return truth;
  throw Error(ErrorKind::kArgument, path, "true or false", TypeNameOf(env, value),
              "Give one of the two.");
}

double NumberArgument(napi_env env, napi_value value, const char* path) {
  double number = std::numeric_limits<double>::quiet_NaN();
  static_cast<void>(napi_get_value_double(env, value, &number));
  if (number >= 0 && number <= std::numeric_limits<float>::max()) return number;
  throw Error(ErrorKind::kArgument, path, "a finite number of at least 0", TypeNameOf(env, value),
              "For example 0.001.");
}

}  // namespace

const napi_type_tag TrainerWrap::kTypeTag = MakeTypeTag(0x4c57547261696e, &TrainerWrap::kTypeTag);

napi_value TrainerWrap::Define(napi_env env) {
  return DefineClass<TrainerWrap>(
      env, {Getter<TrainerWrap, &TrainerWrap::Bytes>("bytes"),
            Getter<TrainerWrap, &TrainerWrap::Threads>("threads"),
            Getter<TrainerWrap, &TrainerWrap::Updates>("updates"),
            Method<TrainerWrap, &TrainerWrap::Forward>("forward"),
            Method<TrainerWrap, &TrainerWrap::Backward>("backward"),
            Method<TrainerWrap, &TrainerWrap::InputGradient>("inputGradient"),
            Method<TrainerWrap, &TrainerWrap::Step>("step"),
            Method<TrainerWrap, &TrainerWrap::ZeroGradients>("zeroGradients"),
            Method<TrainerWrap, &TrainerWrap::Gradient>("gradient"),
            Method<TrainerWrap, &TrainerWrap::Publish>("publish")});
}

TrainerWrap::TrainerWrap(const Call& call)
    : network_(Unwrap<NetworkWrap>(call.env, call.arguments[0], "network").network()),
      trainer_(network_, FromJs(call.env, call.arguments[1], "options")),
      memory_(call.env) {
  memory_.Report(trainer_.bytes());
}

napi_value TrainerWrap::Bytes(const Call& call) {
  return ToJs(call.env, static_cast<int64_t>(trainer_.bytes()));
}

napi_value TrainerWrap::Threads(const Call& call) { return ToJs(call.env, trainer_.threads()); }

napi_value TrainerWrap::Updates(const Call& call) { return ToJs(call.env, trainer_.updates()); }

napi_value TrainerWrap::Forward(const Call& call) {
  constexpr int64_t kMaxRows = std::numeric_limits<int32_t>::max();
  const std::span<const float> inputs = FloatsArgument(call.env, call.arguments[0], "inputs");
  const int64_t rows = IntegerArgument(call.env, call.arguments[1], "rows", 1, kMaxRows);
  const bool training = TruthArgument(call.env, call.arguments[2], "training");
  trainer_.Forward(inputs, rows, training, WritableFloats(call.env, call.arguments[3], "outputs"));
  return nullptr;
}

napi_value TrainerWrap::Backward(const Call& call) {
  trainer_.Backward(FloatsArgument(call.env, call.arguments[0], "outputGradient"));
  return nullptr;
}

napi_value TrainerWrap::InputGradient(const Call& call) {
  trainer_.ReadInputGradient(WritableFloats(call.env, call.arguments[0], "to"));
  return nullptr;
}

napi_value TrainerWrap::Step(const Call& call) {
  trainer_.Step(NumberArgument(call.env, call.arguments[0], "learningRate"));
  return nullptr;
}

napi_value TrainerWrap::ZeroGradients(const Call&) {
  trainer_.ZeroGradients();
  return nullptr;
}

napi_value TrainerWrap::Gradient(const Call& call) {
  const std::string name = TextArgument(call.env, call.arguments[0], "name");
  const NewFloats made = MakeFloats(call.env, static_cast<size_t>(network_->ParameterSize(name)));
  trainer_.ReadGradient(name, made.values);
  return made.array;
}

napi_value TrainerWrap::Publish(const Call&) {
  trainer_.Publish();
  return nullptr;
}

}  // namespace layerwise
