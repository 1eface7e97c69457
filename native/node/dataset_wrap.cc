#include "native/node/dataset_wrap.h"

#include <limits>

#include "native/node/arguments.h"
#include "native/node/value_conversion.h"

namespace layerwise {
namespace {

constexpr int64_t kMaxRow = std::numeric_limits<int32_t>::max();

size_t OutputArgument(const Napi::CallbackInfo& info) {
  constexpr int64_t kMaxOutput = 1 << 20;
  return static_cast<size_t>(IntegerArgumentOr(info[2], "output", 0, kMaxOutput, 0));
}

int64_t RowArgument(const Napi::CallbackInfo& info) {
  return IntegerArgument(info[0], "rowStart", 0, kMaxRow);
}

}  // namespace

Napi::Function DatasetWrap::Define(Napi::Env env) {
  return DefineClass(
      env, kClassName,
      {Method<&DatasetWrap::WriteInputs>("writeInputs"),
       Method<&DatasetWrap::WriteTargets>("writeTargets"),
       Method<&DatasetWrap::WriteWeights>("writeWeights"), Getter<&DatasetWrap::Bytes>("bytes"),
       Getter<&DatasetWrap::TargetsAreConstant>("targetsAreConstant")});
}

DatasetWrap::DatasetWrap(const Napi::CallbackInfo& info) try
    : Wrap(info),
      dataset_(std::make_shared<Dataset>(FromJs(info[0], "data"))),
      memory_(info.Env()) {
  memory_.Report(dataset_->bytes());
} catch (...) {
  throw ToJsError(info.Env(), std::current_exception());
}

Napi::Value DatasetWrap::WriteInputs(const Napi::CallbackInfo& info) {
  constexpr napi_typedarray_type kTypes[] = {napi_float32_array, napi_float64_array,
                                             napi_uint8_array};
  const int64_t row = RowArgument(info);
  const TypedArrayMemory values = TypedArrayArgument(
      info[1], "inputs", kTypes, "a Float32Array, a Float64Array or a Uint8Array");
  if (values.type == napi_float32_array) {
    dataset_->WriteInputs(row, values.As<const float>());
  } else if (values.type == napi_float64_array) {
    dataset_->WriteInputs(row, values.As<const double>());
  } else {
    dataset_->WriteInputs(row, values.As<const uint8_t>());
  }
  return {};
}

Napi::Value DatasetWrap::WriteTargets(const Napi::CallbackInfo& info) {
  constexpr napi_typedarray_type kTypes[] = {napi_float32_array, napi_float64_array,
                                             napi_int32_array};
  const int64_t row = RowArgument(info);
  const size_t output = OutputArgument(info);
  const TypedArrayMemory values = TypedArrayArgument(
      info[1], "targets", kTypes, "a Float32Array, a Float64Array or an Int32Array");
  if (values.type == napi_float32_array) {
    dataset_->WriteTargets(row, values.As<const float>(), output);
  } else if (values.type == napi_float64_array) {
    dataset_->WriteTargets(row, values.As<const double>(), output);
  } else {
    dataset_->WriteTargets(row, values.As<const int32_t>(), output);
  }
  return {};
}

Napi::Value DatasetWrap::WriteWeights(const Napi::CallbackInfo& info) {
  constexpr napi_typedarray_type kTypes[] = {napi_float32_array, napi_float64_array};
  const int64_t row = RowArgument(info);
  const TypedArrayMemory values =
      TypedArrayArgument(info[1], "weights", kTypes, "a Float32Array or a Float64Array");
  if (values.type == napi_float32_array) {
    dataset_->WriteWeights(row, values.As<const float>());
  } else {
    dataset_->WriteWeights(row, values.As<const double>());
  }
  return {};
}

Napi::Value DatasetWrap::TargetsAreConstant(const Napi::CallbackInfo& info) {
  bool are_constant = true;
  for (size_t i = 0; i < dataset_->outputs(); ++i) {
    are_constant = are_constant && dataset_->TargetsAreConstant(i);
  }
  return ToJs(info.Env(), are_constant);
}

Napi::Value DatasetWrap::Bytes(const Napi::CallbackInfo& info) {
  return ToJs(info.Env(), static_cast<int64_t>(dataset_->bytes()));
}

}  // namespace layerwise
