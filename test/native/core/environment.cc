#include "native/core/environment.h"

#include <string>

#include "test/native/harness.h"

#if defined(_WIN32)
#define WIN32_LEAN_AND_MEAN
#define NOMINMAX
#include <windows.h>
#else
#include <cstdlib>
#endif

namespace layerwise::testing {
namespace {

constexpr const char* kName = "LAYERWISE_TEST_VARIABLE";

// As process.env of Node does it: by the system, which the C library of Windows does not hear of.
void SetVariable(const std::string& value) {
#if defined(_WIN32)
  SetEnvironmentVariableA(kName, value.c_str());
#else
  setenv(kName, value.c_str(), 1);
#endif
}

void DeleteVariable() {
#if defined(_WIN32)
  SetEnvironmentVariableA(kName, nullptr);
#else
  unsetenv(kName);
#endif
}

TEST(VariablesSetInTheProcessAreSeen) {
  DeleteVariable();
  EXPECT_TRUE(!EnvironmentVariable(kName).has_value());
  for (const size_t length : {0, 1, 62, 63, 64, 65, 5000}) {
    const std::string value(length, 'x');
    SetVariable(value);
    EXPECT_TRUE(EnvironmentVariable(kName) == value) << length << " characters";
  }
  DeleteVariable();
  EXPECT_TRUE(!EnvironmentVariable(kName).has_value());
}

}  // namespace
}  // namespace layerwise::testing
