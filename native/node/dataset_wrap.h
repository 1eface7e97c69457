// class Dataset of the addon.
#pragma once

#include <napi.h>

#include <memory>

#include "native/plan/dataset.h"

namespace layerwise {

class DatasetWrap : public Napi::ObjectWrap<DatasetWrap> {
 public:
  static Napi::Function Define(Napi::Env env);
  // The data set of an argument; throws an Error when it is none.
  static std::shared_ptr<const Dataset> Argument(Napi::Value value, const char* path);

  explicit DatasetWrap(const Napi::CallbackInfo& info);
  void Finalize(Napi::Env env) override;

 private:
  void WriteInputs(const Napi::CallbackInfo& info);
  void WriteTargets(const Napi::CallbackInfo& info);
  Napi::Value Bytes(const Napi::CallbackInfo& info);

  std::shared_ptr<Dataset> dataset_;
};

}  // namespace layerwise
