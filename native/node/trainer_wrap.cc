#include "native/node/trainer_wrap.h"

#include <limits>
#include <string>

#include "native/core/error.h"
#include "native/node/arguments.h"
#include "native/node/network_wrap.h"
#include "native/node/run_state.h"
#include "native/node/value_conversion.h"

namespace layerwise {
namespace {

bool TruthArgument(const Napi::Value& value, const char* path) {
  if (value.IsBoolean()) return value.As<Napi::Boolean>().Value();
  throw Error(ErrorKind::kArgument, path, "true or false", TypeNameOf(value),
              "Give one of the two.");
}

double NumberArgument(const Napi::Value& value, const char* path) {
  const double number = value.IsNumber() ? value.As<Napi::Number>().DoubleValue()
                                         : std::numeric_limits<double>::quiet_NaN();
  if (number >= 0 && number <= std::numeric_limits<float>::max()) return number;
  throw Error(ErrorKind::kArgument, path, "a finite number of at least 0", TypeNameOf(value),
              "For example 0.001.");
}

}  // namespace

Napi::Function TrainerWrap::Define(Napi::Env env) {
  return DefineClass(
      env, kClassName,
      {Getter<&TrainerWrap::Bytes>("bytes"), Getter<&TrainerWrap::Threads>("threads"),
       Getter<&TrainerWrap::Updates>("updates"), Method<&TrainerWrap::Forward>("forward"),
       Method<&TrainerWrap::Backward>("backward"),
       Method<&TrainerWrap::InputGradient>("inputGradient"), Method<&TrainerWrap::Step>("step"),
       Method<&TrainerWrap::ZeroGradients>("zeroGradients"),
       Method<&TrainerWrap::Gradient>("gradient"), Method<&TrainerWrap::Publish>("publish"),
       Method<&TrainerWrap::State>("state"), Method<&TrainerWrap::SetState>("setState")});
}

TrainerWrap::TrainerWrap(const Napi::CallbackInfo& info) try
    : Wrap(info),
      network_(Wrapped<NetworkWrap>(info[0], "network").network()),
      trainer_(network_, FromJs(info[1], "options")),
      memory_(info.Env()) {
  memory_.Report(trainer_.bytes());
} catch (...) {
  throw ToJsError(info.Env(), std::current_exception());
}

Napi::Value TrainerWrap::Bytes(const Napi::CallbackInfo& info) {
  return ToJs(info.Env(), static_cast<int64_t>(trainer_.bytes()));
}

Napi::Value TrainerWrap::Threads(const Napi::CallbackInfo& info) {
  return ToJs(info.Env(), trainer_.threads());
}

Napi::Value TrainerWrap::Updates(const Napi::CallbackInfo& info) {
  return ToJs(info.Env(), trainer_.updates());
}

Napi::Value TrainerWrap::Forward(const Napi::CallbackInfo& info) {
  const std::span<const float> inputs = FloatsArgument(info[0], "inputs");
  const int64_t rows = IntegerArgument(info[1], "rows", 1, kMaxRows);
  const bool training = TruthArgument(info[2], "training");
  trainer_.Forward(inputs, rows, training, FloatsArgument(info[3], "outputs"));
  return {};
}

Napi::Value TrainerWrap::Backward(const Napi::CallbackInfo& info) {
  trainer_.Backward(FloatsArgument(info[0], "outputGradient"));
  return {};
}

Napi::Value TrainerWrap::InputGradient(const Napi::CallbackInfo& info) {
  trainer_.ReadInputGradient(FloatsArgument(info[0], "to"));
  return {};
}

Napi::Value TrainerWrap::Step(const Napi::CallbackInfo& info) {
  trainer_.Step(NumberArgument(info[0], "learningRate"));
  return {};
}

Napi::Value TrainerWrap::ZeroGradients(const Napi::CallbackInfo&) {
  trainer_.ZeroGradients();
  return {};
}

Napi::Value TrainerWrap::Gradient(const Napi::CallbackInfo& info) {
  const std::string name = TextArgument(info[0], "name");
  const NewFloats made = MakeFloats(info.Env(), static_cast<size_t>(network_->ParameterSize(name)));
  trainer_.ReadGradient(name, made.values);
  return made.array;
}

Napi::Value TrainerWrap::Publish(const Napi::CallbackInfo&) {
  trainer_.Publish();
  return {};
}

Napi::Value TrainerWrap::State(const Napi::CallbackInfo& info) {
  SavedState saved;
  trainer_.Save(saved);
  const Napi::Object state = Napi::Object::New(info.Env());
  SetMember(state, "tensors", StatesInJs().TensorsInJs(info.Env(), saved));
  return state;
}

Napi::Value TrainerWrap::SetState(const Napi::CallbackInfo& info) {
  trainer_.Load(*StateArgument(info[0], "state"));
  return {};
}

}  // namespace layerwise
