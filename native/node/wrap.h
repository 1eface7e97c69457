// C++ objects as JavaScript classes. A class T brings
//   static constexpr const char* kClassName;
//   static const napi_type_tag kTypeTag;   // from MakeTypeTag
//   explicit T(const Call& call);          // the constructor; may throw
#pragma once

#include <node_api.h>

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>

#include "native/core/error.h"
#include "native/node/call.h"

namespace layerwise {

// Tells objects of a class from everything else. `identity` is any object of the class's own file:
// its address keeps apart two builds of this addon that one process has loaded.
inline napi_type_tag MakeTypeTag(uint64_t number, const void* identity) {
  return {number, static_cast<uint64_t>(reinterpret_cast<uintptr_t>(identity))};
}

// The C++ object behind a JavaScript one, or an Error that names the path: any value is safe.
template <typename T>
T& Unwrap(napi_env env, napi_value value, const char* path) {
  napi_valuetype type = napi_undefined;
  Check(napi_typeof(env, value, &type));
  bool is_ours = false;
  if (type == napi_object) {
    Check(napi_check_object_type_tag(env, value, &T::kTypeTag, &is_ours));
  }
  if (!is_ours) {
    throw Error(ErrorKind::kArgument, path, std::string("a ") + T::kClassName, "something else",
                std::string("Make one with new ") + T::kClassName + "().");
  }
  void* object = nullptr;
  Check(napi_unwrap(env, value, &object));
  return *static_cast<T*>(object);
}

template <typename T>
napi_value Construct(const Call& call) {
  const auto finalize = [](napi_env, void* object, void*) noexcept {
    delete static_cast<T*>(object);
  };
  auto object = std::make_unique<T>(call);
  Check(napi_wrap(call.env, call.self, object.get(), finalize, nullptr, nullptr));
  static_cast<void>(object.release());
  Check(napi_type_tag_object(call.env, call.self, &T::kTypeTag));
  return call.self;
}

template <typename T>
napi_value ConstructorCallback(napi_env env, napi_callback_info info) noexcept {
  return Guarded(env, [&] {
    napi_value new_target = nullptr;
    Check(napi_get_new_target(env, info, &new_target));
    if (new_target == nullptr) {
      throw Error(ErrorKind::kArgument, T::kClassName, "a call with new", "a call without",
                  std::string("Write new ") + T::kClassName + "().");
    }
    return Construct<T>(ReadCall(env, info));
  });
}

template <typename T, napi_value (T::*kMethod)(const Call&)>
napi_value MethodCallback(napi_env env, napi_callback_info info) noexcept {
  return Guarded(env, [&] {
    const Call call = ReadCall(env, info);
    return (Unwrap<T>(env, call.self, "this").*kMethod)(call);
  });
}

template <typename T, napi_value (T::*kMethod)(const Call&)>
napi_property_descriptor Method(const char* name) {
  return {name,    nullptr, &MethodCallback<T, kMethod>, nullptr,
          nullptr, nullptr, napi_default_method,         nullptr};
}

template <typename T, napi_value (T::*kGetter)(const Call&)>
napi_property_descriptor Getter(const char* name) {
  return {name,    nullptr, nullptr,      &MethodCallback<T, kGetter>,
          nullptr, nullptr, napi_default, nullptr};
}

template <typename T>
napi_value DefineClass(napi_env env, std::initializer_list<napi_property_descriptor> members) {
  napi_value constructor = nullptr;
  Check(napi_define_class(env, T::kClassName, NAPI_AUTO_LENGTH, &ConstructorCallback<T>, nullptr,
                          members.size(), members.begin(), &constructor));
  return constructor;
}

}  // namespace layerwise
