// The environment of the process.
#pragma once

#include <optional>
#include <string>

namespace layerwise {

// The value of a variable, or nothing where it is not set. On Windows the C library keeps a copy of
// the environment that what Node's process.env sets does not reach; the system is asked there.
//
// Ask early and once: the environment must not be read while another thread may change it.
std::optional<std::string> EnvironmentVariable(const char* name);

}  // namespace layerwise
