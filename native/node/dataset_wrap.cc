#include "native/node/dataset_wrap.h"

#include <cstdint>
#include <limits>
#include <span>

#include "native/core/error.h"
#include "native/node/arguments.h"
#include "native/node/error_conversion.h"
#include "native/node/value_conversion.h"

namespace layerwise {
namespace {

// Tells our objects from others that some code wrapped.
constexpr napi_type_tag kTag{0x6c61796572776973, 0x65446174617365ff};

constexpr int64_t kMaxRow = std::numeric_limits<uint32_t>::max();

bool IsDataset(Napi::Value value) {
  if (!value.IsObject()) return false;
  return value.As<Napi::Object>().CheckTypeTag(&kTag);
}

Error NotADataset(const char* path) {
  return {ErrorKind::kArgument, path, "a Dataset", "something else",
          "Make one with new Dataset()."};
}

}  // namespace

Napi::Function DatasetWrap::Define(Napi::Env env) {
  return DefineClass(env, "Dataset",
                     {InstanceMethod<&DatasetWrap::WriteInputs>("writeInputs"),
                      InstanceMethod<&DatasetWrap::WriteTargets>("writeTargets"),
                      InstanceAccessor<&DatasetWrap::Bytes>("bytes")});
}

std::shared_ptr<const Dataset> DatasetWrap::Argument(Napi::Value value, const char* path) {
  if (!IsDataset(value)) throw NotADataset(path);
  return Unwrap(value.As<Napi::Object>())->dataset_;
}

DatasetWrap::DatasetWrap(const Napi::CallbackInfo& info) : ObjectWrap(info) {
  Guarded(info.Env(), [&] {
    dataset_ = std::make_shared<Dataset>(FromJs(info[0], "data"));
    info.This().As<Napi::Object>().TypeTag(&kTag);
    Napi::MemoryManagement::AdjustExternalMemory(info.Env(),
                                                 static_cast<int64_t>(dataset_->bytes()));
  });
}

void DatasetWrap::Finalize(Napi::Env env) {
  if (dataset_ == nullptr) return;
  Napi::MemoryManagement::AdjustExternalMemory(env, -static_cast<int64_t>(dataset_->bytes()));
}

void DatasetWrap::WriteInputs(const Napi::CallbackInfo& info) {
  Guarded(info.Env(), [&] {
    if (!IsDataset(info.This())) throw NotADataset("this");
    const int64_t row = IntegerArgument(info[0], "rowStart", 0, kMaxRow);
    WithTypedArray<float, double, uint8_t>(
        info[1], "inputs", [&](auto values) { dataset_->WriteInputs(row, values); });
  });
}

void DatasetWrap::WriteTargets(const Napi::CallbackInfo& info) {
  Guarded(info.Env(), [&] {
    if (!IsDataset(info.This())) throw NotADataset("this");
    const int64_t row = IntegerArgument(info[0], "rowStart", 0, kMaxRow);
    WithTypedArray<float, double, int32_t>(
        info[1], "targets", [&](auto values) { dataset_->WriteTargets(row, values); });
  });
}

Napi::Value DatasetWrap::Bytes(const Napi::CallbackInfo& info) {
  return Guarded(info.Env(), [&]() -> Napi::Value {
    if (!IsDataset(info.This())) throw NotADataset("this");
    return Napi::Number::New(info.Env(), static_cast<double>(dataset_->bytes()));
  });
}

}  // namespace layerwise
