#include "native/node/instance.h"

#include "native/node/boundary.h"

namespace layerwise {

void Instance::Create(Napi::Env env) {
  auto instance = std::make_unique<Instance>();
  const Napi::Value constructor = GetMember(env.Global(), "Float32Array");
  instance->float32_array = Napi::Persistent(constructor.As<Napi::Function>());
  env.SetInstanceData(instance.release());
}

}  // namespace layerwise
