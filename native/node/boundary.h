// The boundary between JavaScript and C++: how a call comes in, and how a failure goes back.
//
// node-addon-api does the rest: values, references, scopes, promises, classes and thread-safe
// functions (it is told to survive terminated workers, see addon.gypi). Two things of it are not
// used, and have their place here instead:
//
// - Its callbacks catch Napi::Error alone. Any other exception, an Error of the core or bad_alloc,
//   would leave through C and end the process; letting the wrapper make its own errors of them
//   would lose kind, path and remedy. So methods, getters and functions run in Guarded, and
//   constructors, which the wrapper calls, are function-try-blocks that end in ToJsError.
// - Its calls make an error object when they fail. Where JavaScript is being terminated while its
//   environment lives, as by a time-out of `vm`, that fails too and ends the process. So whatever
//   may run JavaScript of the user (getters, proxies, functions) is called through GetMember,
//   SetMember and CallFunction: these leave the exception pending and throw an empty Napi::Error.
//
// What has no wrapper, or one that does less, is called as C in its place: own keys,
// napi_fatal_exception, cleanup hooks, the memory of typed arrays, the size of a string, the bytes
// that the garbage collector is told of.
#pragma once

#include <napi.h>

#include <cstddef>
#include <cstdint>
#include <initializer_list>

#if !defined(NODE_ADDON_API_CPP_EXCEPTIONS) || !defined(NODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS)
#error "node-addon-api needs the definitions that native/addon.gypi gives"
#endif

namespace layerwise {

// For calls as C: throws an empty Napi::Error, for an exception of JavaScript that stays pending or
// for an environment that is ending.
inline void Check(napi_env env, napi_status status) {
  if (status != napi_ok) throw Napi::Error(env, nullptr);
}

// May run JavaScript of the user.
Napi::Value GetMember(const Napi::Object& object, const char* name);
Napi::Value GetMember(const Napi::Object& object, napi_value key);
Napi::Value GetMember(const Napi::Object& list, uint32_t index);
Napi::Value CallFunction(const Napi::Function& function, std::initializer_list<napi_value> words);
// Setters that a program has put on prototypes may run.
void SetMember(const Napi::Object& object, const char* name, const Napi::Value& value);
void SetMember(const Napi::Object& list, uint32_t index, const Napi::Value& value);

// Inside a catch block: throws what was caught in JavaScript.
void ThrowCaughtInJs(Napi::Env env) noexcept;

// Runs the body of a binding, which gives a value, or an empty one for undefined.
template <typename Body>
napi_value Guarded(Napi::Env env, const Body& body) noexcept {
  try {
    return body();
  } catch (...) {
    ThrowCaughtInJs(env);
    return nullptr;
  }
}

// A function as a callback.
template <Napi::Value (*kBody)(const Napi::CallbackInfo&)>
napi_value FunctionCallback(napi_env env, napi_callback_info info) noexcept {
  return Guarded(env, [&] { return kBody(Napi::CallbackInfo(env, info)); });
}

// Tells the garbage collector of native memory that a JavaScript object holds. Called as C, because
// destructors of objects and jobs end here: the wrapper's call ends the process when it fails, for
// the sake of a hint.
class ExternalMemory {
 public:
  explicit ExternalMemory(Napi::Env env) : env_(env) {}
  ~ExternalMemory() { Report(0); }
  ExternalMemory(const ExternalMemory&) = delete;
  ExternalMemory& operator=(const ExternalMemory&) = delete;

  void Report(size_t bytes) noexcept {
    const auto wanted = static_cast<int64_t>(bytes);
    if (wanted == reported_) return;
    int64_t total = 0;
    if (napi_adjust_external_memory(env_, wanted - reported_, &total) == napi_ok) {
      reported_ = wanted;
    }
  }

 private:
  Napi::Env env_;
  int64_t reported_ = 0;
};

}  // namespace layerwise
