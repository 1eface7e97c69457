#include "native/node/instance.h"

#include <utility>

namespace layerwise {

void Instance::Create(napi_env env) {
  napi_value global = nullptr;
  napi_value constructor = nullptr;
  Check(napi_get_global(env, &global));
  Check(napi_get_named_property(env, global, "Float32Array", &constructor));
  auto instance = std::make_unique<Instance>();
  instance->float32_array = Reference(env, constructor);
  const auto finalize = [](napi_env, void* data, void*) noexcept {
    delete static_cast<Instance*>(data);
  };
  Check(napi_set_instance_data(env, instance.get(), finalize, nullptr));
  static_cast<void>(instance.release());
}

Instance& Instance::Of(napi_env env) {
  void* instance = nullptr;
  Check(napi_get_instance_data(env, &instance));
  return *static_cast<Instance*>(instance);
}

}  // namespace layerwise
