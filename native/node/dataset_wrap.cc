#include "native/node/dataset_wrap.h"

#include <limits>

#include "native/node/arguments.h"
#include "native/node/value_conversion.h"
#include "native/node/wrap.h"

namespace layerwise {
namespace {

constexpr int64_t kMaxRow = std::numeric_limits<int32_t>::max();

size_t OutputArgument(const Call& call) {
  constexpr int64_t kMaxOutput = 1 << 20;
  return static_cast<size_t>(
      IntegerArgumentOr(call.env, call.arguments[2], "output", 0, kMaxOutput, 0));
}

int64_t RowArgument(const Call& call) {
  return IntegerArgument(call.env, call.arguments[0], "rowStart", 0, kMaxRow);
}

}  // namespace

const napi_type_tag DatasetWrap::kTypeTag = MakeTypeTag(0x4c5744617461, &DatasetWrap::kTypeTag);

napi_value DatasetWrap::Define(napi_env env) {
  return DefineClass<DatasetWrap>(
      env, {Method<DatasetWrap, &DatasetWrap::WriteInputs>("writeInputs"),
            Method<DatasetWrap, &DatasetWrap::WriteTargets>("writeTargets"),
            Method<DatasetWrap, &DatasetWrap::WriteWeights>("writeWeights"),
            Getter<DatasetWrap, &DatasetWrap::Bytes>("bytes"),
            Getter<DatasetWrap, &DatasetWrap::TargetsAreConstant>("targetsAreConstant")});
}

DatasetWrap::DatasetWrap(const Call& call)
    : dataset_(std::make_shared<Dataset>(FromJs(call.env, call.arguments[0], "data"))),
      memory_(call.env) {
  memory_.Report(dataset_->bytes());
}

napi_value DatasetWrap::WriteInputs(const Call& call) {
  constexpr napi_typedarray_type kTypes[] = {napi_float32_array, napi_float64_array,
                                             napi_uint8_array};
  const int64_t row = RowArgument(call);
  const TypedArrayMemory values =
      TypedArrayArgument(call.env, call.arguments[1], "inputs", kTypes,
                         "a Float32Array, a Float64Array or a Uint8Array");
  if (values.type == napi_float32_array) {
    dataset_->WriteInputs(row, values.As<const float>());
  } else if (values.type == napi_float64_array) {
    dataset_->WriteInputs(row, values.As<const double>());
  } else {
    dataset_->WriteInputs(row, values.As<const uint8_t>());
  }
  return nullptr;
}

napi_value DatasetWrap::WriteTargets(const Call& call) {
  constexpr napi_typedarray_type kTypes[] = {napi_float32_array, napi_float64_array,
                                             napi_int32_array};
  const int64_t row = RowArgument(call);
  const size_t output = OutputArgument(call);
  const TypedArrayMemory values =
      TypedArrayArgument(call.env, call.arguments[1], "targets", kTypes,
                         "a Float32Array, a Float64Array or an Int32Array");
  if (values.type == napi_float32_array) {
    dataset_->WriteTargets(row, values.As<const float>(), output);
  } else if (values.type == napi_float64_array) {
    dataset_->WriteTargets(row, values.As<const double>(), output);
  } else {
    dataset_->WriteTargets(row, values.As<const int32_t>(), output);
  }
  return nullptr;
}

napi_value DatasetWrap::WriteWeights(const Call& call) {
  constexpr napi_typedarray_type kTypes[] = {napi_float32_array, napi_float64_array};
  const int64_t row = RowArgument(call);
  const TypedArrayMemory values = TypedArrayArgument(call.env, call.arguments[1], "weights", kTypes,
                                                     "a Float32Array or a Float64Array");
  if (values.type == napi_float32_array) {
    dataset_->WriteWeights(row, values.As<const float>());
  } else {
    dataset_->WriteWeights(row, values.As<const double>());
  }
  return nullptr;
}

napi_value DatasetWrap::TargetsAreConstant(const Call& call) {
  bool are_constant = true;
  for (size_t i = 0; i < dataset_->outputs(); ++i) {
    are_constant = are_constant && dataset_->TargetsAreConstant(i);
  }
  return ToJs(call.env, Value(are_constant));
}

napi_value DatasetWrap::Bytes(const Call& call) {
  return ToJs(call.env, static_cast<int64_t>(dataset_->bytes()));
}

}  // namespace layerwise
