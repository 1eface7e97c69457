#include "native/node/error_conversion.h"

#include <new>
#include <stdexcept>
#include <string>
#include <system_error>

#include "native/core/error.h"

namespace layerwise {
namespace {

constexpr const char* kCode = "LAYERWISE";

napi_value ToText(napi_env env, const std::string& text) {
  napi_value value = nullptr;
  return napi_create_string_utf8(env, text.data(), text.size(), &value) == napi_ok ? value
                                                                                   : nullptr;
}

napi_value MakeError(napi_env env, const std::string& message) {
  napi_value code = ToText(env, kCode);
  napi_value text = ToText(env, message);
  napi_value error = nullptr;
  return napi_create_error(env, code, text, &error) == napi_ok ? error : nullptr;
}

napi_value FromCoreError(napi_env env, const Error& error) {
  napi_value object = MakeError(env, error.what());
  if (object == nullptr) return nullptr;
  const auto set = [&](const char* name, const std::string& text) {
    napi_value value = ToText(env, text);
    if (value != nullptr) napi_set_named_property(env, object, name, value);
  };
  set("kind", ErrorKindName(error.kind()));
  set("path", error.path());
  set("expected", error.expected());
  set("received", error.received());
  set("remedy", error.remedy());
  return object;
}

napi_value OutOfMemory(napi_env env) {
  return FromCoreError(env, Error(ErrorKind::kMemory, "memory", "enough of it", "none",
                                  "Use a smaller network, batch or data set, or give the process "
                                  "more memory."));
}

napi_value Convert(napi_env env, const std::exception_ptr& exception) {
  try {
    std::rethrow_exception(exception);
  } catch (const Error& error) {
    return FromCoreError(env, error);
  } catch (const std::bad_alloc&) {
    return OutOfMemory(env);
  } catch (const std::length_error&) {  // a container larger than the address space
    return OutOfMemory(env);
  } catch (const std::system_error& error) {
    return FromCoreError(
        env,
        Error(ErrorKind::kMemory, "threads", "a new thread", error.code().message(),
              "The system has no more threads to give: raise its limit, or train less at once."));
  } catch (const std::exception& error) {
    return MakeError(env, error.what());
  } catch (...) {
    return MakeError(env, "An unknown error in the native core.");
  }
}

}  // namespace

napi_value ToJsError(napi_env env, const std::exception_ptr& exception) noexcept {
  try {
    return Convert(env, exception);
  } catch (...) {
    return nullptr;  // no memory even for the report of it
  }
}

}  // namespace layerwise
