// What the addon keeps for each environment, that is, for each JavaScript thread that has loaded
// it. (Napi::Addon would make it the object of the exports, which has no use here.)
#pragma once

#include <napi.h>

#include <memory>
#include <typeinfo>
#include <unordered_map>

#include "native/core/pooled_thread.h"
#include "native/node/queued_job.h"

namespace layerwise {

// The C++ objects that JavaScript ones wrap, as long as they live, each with its class.
using WrappedObjects = std::unordered_map<const void*, const std::type_info*>;

struct Instance {
  PooledThreadsUser threads;              // end before Node may unload their code
  Napi::FunctionReference float32_array;  // the constructor
  std::shared_ptr<JobDesk> desk = std::make_shared<JobDesk>();
  std::shared_ptr<WrappedObjects> objects = std::make_shared<WrappedObjects>();

  // Called once when the addon is loaded into an environment.
  static void Create(Napi::Env env);
  static Instance& Of(Napi::Env env) { return *env.GetInstanceData<Instance>(); }
};

}  // namespace layerwise
