// class Dataset of the addon.
#pragma once

#include <napi.h>

#include <memory>

#include "native/data/dataset.h"
#include "native/node/object_wrap.h"

namespace layerwise {

class DatasetWrap final : public Wrap<DatasetWrap> {
 public:
  static constexpr const char* kClassName = "Dataset";
  static Napi::Function Define(Napi::Env env);

  // (shape)
  explicit DatasetWrap(const Napi::CallbackInfo& info);

  std::shared_ptr<const Dataset> dataset() const { return dataset_; }

 private:
  Napi::Value WriteInputs(const Napi::CallbackInfo& info);   // (rowStart, values)
  Napi::Value WriteWeights(const Napi::CallbackInfo& info);  // (rowStart, values)
  Napi::Value WriteTargets(const Napi::CallbackInfo& info);  // (rowStart, values, output?)
  Napi::Value Bytes(const Napi::CallbackInfo& info);
  Napi::Value TargetsAreConstant(const Napi::CallbackInfo& info);

  std::shared_ptr<Dataset> dataset_;  // runs hold it too
  ExternalMemory memory_;
};

}  // namespace layerwise
