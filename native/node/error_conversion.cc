#include "native/node/error_conversion.h"

#include <iterator>
#include <new>
#include <stdexcept>
#include <string>
#include <system_error>

#include "native/core/error.h"
#include "native/node/boundary.h"

namespace layerwise {
namespace {

constexpr const char* kCode = "LAYERWISE";

Napi::Object MakeError(Napi::Env env, const std::string& message) {
  napi_value error = nullptr;
  Check(env, napi_create_error(env, Napi::String::New(env, kCode), Napi::String::New(env, message),
                               &error));
  return {env, error};
}

napi_property_descriptor Text(Napi::Env env, const char* name, const std::string& text) {
  return {name,
          nullptr,
          nullptr,
          nullptr,
          nullptr,
          Napi::String::New(env, text),
          napi_default_jsproperty,
          nullptr};
}

Napi::Error FromCoreError(Napi::Env env, const Error& error) {
  const Napi::Object made = MakeError(env, error.what());
  // Defined, not set: setters that a program has put on prototypes are not asked.
  const napi_property_descriptor fields[] = {
      Text(env, "kind", ErrorKindName(error.kind())), Text(env, "path", error.path()),
      Text(env, "expected", error.expected()), Text(env, "received", error.received()),
      Text(env, "remedy", error.remedy())};
  Check(env, napi_define_properties(env, made, std::size(fields), fields));
  return {env, made};
}

Napi::Error OutOfMemory(Napi::Env env) {
  return FromCoreError(env, Error(ErrorKind::kMemory, "memory", "enough of it", "none",
                                  "Use a smaller network, batch or data set, or give the process "
                                  "more memory."));
}

Napi::Error Convert(Napi::Env env, const std::exception_ptr& exception) {
  try {
    std::rethrow_exception(exception);
  } catch (const Napi::Error& error) {
    return error;
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
    return {env, MakeError(env, error.what())};
  } catch (...) {
    return {env, MakeError(env, "An unknown error in the native core.")};
  }
}

}  // namespace

Napi::Error ToJsError(Napi::Env env, const std::exception_ptr& exception) noexcept {
  try {
    return Convert(env, exception);
  } catch (...) {
    return {env, nullptr};  // JavaScript has ended, or there is no memory even for the report of it
  }
}

}  // namespace layerwise
