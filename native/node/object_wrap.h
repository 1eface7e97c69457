// C++ objects as JavaScript classes. A class T derives from Wrap<T> and brings
//   static constexpr const char* kClassName;
//   static const napi_type_tag kTypeTag;   // from MakeTypeTag
//   explicit T(const Napi::CallbackInfo& info);   // a function-try-block, see boundary.h
//
// In T, the names Value and Env are member functions of Napi::ObjectWrap.
#pragma once

#include <napi.h>

#include <cstdint>
#include <exception>
#include <string>

#include "native/core/error.h"
#include "native/node/boundary.h"
#include "native/node/error_conversion.h"

namespace layerwise {

// Tells objects of a class from everything else. `identity` is any object of the class's own file:
// its address keeps apart two builds of this addon that one process has loaded.
inline napi_type_tag MakeTypeTag(uint64_t number, const void* identity) {
  return {number, static_cast<uint64_t>(reinterpret_cast<uintptr_t>(identity))};
}

// The C++ object behind a JavaScript one, or an Error that names the path: any value is safe.
// (T::Unwrap, and with it the wrapper's own methods and getters, takes any object that any addon
// has wrapped, and reads it as a T. V8 protects methods from that, but neither getters nor
// arguments.)
template <typename T>
T& Wrapped(const Napi::Value& value, const char* path) {
  bool is_ours = false;
  if (value.Type() == napi_object) {
    Check(value.Env(), napi_check_object_type_tag(value.Env(), value, &T::kTypeTag, &is_ours));
  }
  if (!is_ours) {
    throw Error(ErrorKind::kArgument, path, std::string("a ") + T::kClassName, "something else",
                std::string("Make one with new ") + T::kClassName + "().");
  }
  return *T::Unwrap(value.As<Napi::Object>());
}

template <typename T>
class Wrap : public Napi::ObjectWrap<T> {
 public:
  static Napi::Value OnCalledAsFunction(const Napi::CallbackInfo& info) {
    const Error error(ErrorKind::kArgument, T::kClassName, "a call with new", "a call without",
                      std::string("Write new ") + T::kClassName + "().");
    throw ToJsError(info.Env(), std::make_exception_ptr(error));
  }

 protected:
  using Member = Napi::Value (T::*)(const Napi::CallbackInfo&);

  template <Member kMethod>
  static napi_property_descriptor Method(const char* name) {
    return {name,    nullptr, &MemberCallback<kMethod>, nullptr,
            nullptr, nullptr, napi_default_method,      nullptr};
  }

  template <Member kGetter>
  static napi_property_descriptor Getter(const char* name) {
    return {name,    nullptr, nullptr,      &MemberCallback<kGetter>,
            nullptr, nullptr, napi_default, nullptr};
  }

 private:
  friend T;
  // Where it throws, or what comes after it in T, ~ObjectWrap cannot undo the wrap if an exception
  // of JavaScript is pending; ~Reference unlinks it in any case.
  explicit Wrap(const Napi::CallbackInfo& info) : Napi::ObjectWrap<T>(info) {
    Check(info.Env(), napi_type_tag_object(info.Env(), info.This(), &T::kTypeTag));
  }

  template <Member kMember>
  static napi_value MemberCallback(napi_env env, napi_callback_info raw) noexcept {
    return Guarded(env, [&] {
      const Napi::CallbackInfo info(env, raw);
      return (Wrapped<T>(info.This(), "this").*kMember)(info);
    });
  }
};

}  // namespace layerwise
