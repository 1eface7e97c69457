#include "native/core/environment.h"

#if defined(_WIN32)
#include "native/core/windows_api.h"
#else
#include <cstdlib>
#endif

namespace layerwise {

#if defined(_WIN32)

std::optional<std::string> EnvironmentVariable(const char* name) {
  std::string value;
  // The answer is the length when the text fits, else the room that it wants with its end. Another
  // thread may change the variable between two calls.
  for (DWORD room = 64;;) {
    value.resize(room);
    SetLastError(ERROR_SUCCESS);  // an empty value is told from none by the error alone
    const DWORD length = GetEnvironmentVariableA(name, value.data(), room);
    if (length == 0 && GetLastError() == ERROR_ENVVAR_NOT_FOUND) return std::nullopt;
    if (length < room) {
      value.resize(length);
      return value;
    }
    room = length;
  }
}

#else

std::optional<std::string> EnvironmentVariable(const char* name) {
  const char* value = std::getenv(name);
  if (value == nullptr) return std::nullopt;
  return value;
}

#endif

}  // namespace layerwise
