// What the addon keeps for each environment, that is, for each JavaScript thread that has loaded
// it.
#pragma once

#include <node_api.h>

#include <memory>

#include "native/core/pooled_thread.h"
#include "native/node/call.h"
#include "native/node/queued_job.h"

namespace layerwise {

struct Instance {
  PooledThreadsUser threads;  // end before Node may unload their code
  Reference float32_array;    // the constructor
  std::shared_ptr<JobDesk> desk = std::make_shared<JobDesk>();

  // Called once when the addon is loaded into an environment.
  static void Create(napi_env env);
  static Instance& Of(napi_env env);
};

}  // namespace layerwise
