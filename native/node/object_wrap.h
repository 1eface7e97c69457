// C++ objects as JavaScript classes. A class T derives from Wrap<T> and brings
//   static constexpr const char* kClassName;
//   explicit T(const Napi::CallbackInfo& info);   // a function-try-block, see boundary.h
//
// In T, the names Value and Env are member functions of Napi::ObjectWrap.
#pragma once

#include <napi.h>

#include <exception>
#include <memory>
#include <string>
#include <typeinfo>

#include "native/core/error.h"
#include "native/node/boundary.h"
#include "native/node/error_conversion.h"
#include "native/node/instance.h"

namespace layerwise {

// The C++ object behind a JavaScript one, or an Error that names the path: any value is safe.
//
// T::Unwrap, and with it the wrapper's own methods and getters, reads whatever any addon has
// wrapped as a T. V8 protects methods from that, but neither getters nor arguments, and other
// engines not even methods. So an address is believed only if it is that of a living T of this
// environment, which keeps out other classes, other addons, other builds of this one and what
// another environment has made. (A type tag says the same, but takes five times as long to look
// at.)
template <typename T>
T& Wrapped(const Napi::Value& value, const char* path) {
  const Napi::Env env = value.Env();
  void* object = nullptr;
  if (napi_unwrap(env, value, &object) == napi_ok) {
    const WrappedObjects& known = *Instance::Of(env).objects;
    const auto found = known.find(object);
    if (found != known.end() && *found->second == typeid(T)) return *static_cast<T*>(object);
  }
  throw Error(ErrorKind::kArgument, path, std::string("a ") + T::kClassName, "something else",
              std::string("Make one with new ") + T::kClassName + "().");
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
  explicit Wrap(const Napi::CallbackInfo& info)
      : Napi::ObjectWrap<T>(info), known_(Instance::Of(info.Env()).objects) {
    Check(info.Env(), napi_unwrap(info.Env(), info.This(), &object_));
    known_->emplace(object_, &typeid(T));
  }
  ~Wrap() override { known_->erase(object_); }

  template <Member kMember>
  static napi_value MemberCallback(napi_env env, napi_callback_info raw) noexcept {
    return Guarded(env, [&] {
      const Napi::CallbackInfo info(env, raw);
      return (Wrapped<T>(info.This(), "this").*kMember)(info);
    });
  }

  const std::shared_ptr<WrappedObjects> known_;  // objects may outlive the rest of the instance
  void* object_ = nullptr;                       // as it is wrapped: the address of the T
};

}  // namespace layerwise
