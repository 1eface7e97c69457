#include "native/node/open_pipe.h"

#include <string>

#include "native/node/arguments.h"

#ifndef _WIN32
#include <fcntl.h>
#endif

namespace layerwise {
namespace {

int OpenToRead([[maybe_unused]] const std::string& path) {
#ifdef _WIN32
  return -1;
#else
  return open(path.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
#endif
}

}  // namespace

Napi::Value OpenPipe(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), OpenToRead(TextArgument(info[0], "path")));
}

}  // namespace layerwise
