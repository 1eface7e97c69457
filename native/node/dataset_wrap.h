// class Dataset of the addon.
#pragma once

#include <node_api.h>

#include <memory>

#include "native/data/dataset.h"
#include "native/node/call.h"

namespace layerwise {

class DatasetWrap {
 public:
  static constexpr const char* kClassName = "Dataset";
  static const napi_type_tag kTypeTag;
  static napi_value Define(napi_env env);

  // (shape)
  explicit DatasetWrap(const Call& call);

  std::shared_ptr<const Dataset> dataset() const { return dataset_; }

 private:
  napi_value WriteInputs(const Call& call);   // (rowStart, values)
  napi_value WriteWeights(const Call& call);  // (rowStart, values)
  napi_value WriteTargets(const Call& call);  // (rowStart, values)
  napi_value Bytes(const Call& call);
  napi_value TargetsAreConstant(const Call& call);

  std::shared_ptr<Dataset> dataset_;  // runs hold it too
  ExternalMemory memory_;
};

}  // namespace layerwise
