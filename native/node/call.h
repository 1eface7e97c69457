// What every binding rests on: how a call arrives from JavaScript, and how failures go back.
//
// Node-API is used through its C interface alone. When a worker is terminated, every function of
// Node-API may fail from one moment to the next; the C++ wrapper then throws where nothing catches
// and takes the whole process with it.
#pragma once

#include <node_api.h>

#include <array>
#include <utility>

namespace layerwise {

// Thrown when a function of Node-API failed: either JavaScript has an exception pending, which goes
// on to the caller, or the environment is ending and nothing can be done any more.
struct JsFailure {};

inline void Check(napi_status status) {
  if (status != napi_ok) throw JsFailure();
}

struct Call {
  napi_env env = nullptr;
  napi_value self = nullptr;
  void* data = nullptr;
  std::array<napi_value, 4> arguments{};  // undefined where fewer were given
};

Call ReadCall(napi_env env, napi_callback_info info);

// Inside a catch block: throws what was caught in JavaScript.
void ThrowCaughtInJs(napi_env env) noexcept;

// Runs the body of a binding. No C++ exception leaves it: there is only C above.
template <typename Body>
napi_value Guarded(napi_env env, const Body& body) noexcept {
  try {
    return body();
  } catch (...) {
    ThrowCaughtInJs(env);
    return nullptr;
  }
}

template <napi_value (*kBody)(const Call&)>
napi_value Callback(napi_env env, napi_callback_info info) noexcept {
  return Guarded(env, [&] { return kBody(ReadCall(env, info)); });
}

// Values made meanwhile are given up at its end: for loops.
class HandleScope {
 public:
  explicit HandleScope(napi_env env) : env_(env) { Check(napi_open_handle_scope(env, &scope_)); }
  ~HandleScope() { napi_close_handle_scope(env_, scope_); }
  HandleScope(const HandleScope&) = delete;
  HandleScope& operator=(const HandleScope&) = delete;

 private:
  napi_env env_;
  napi_handle_scope scope_ = nullptr;
};

// Keeps a value alive. Belongs to the JavaScript thread.
class Reference {
 public:
  Reference() = default;
  Reference(napi_env env, napi_value value) : env_(env) {
    Check(napi_create_reference(env, value, 1, &reference_));
  }
  Reference(Reference&& other) noexcept
      : env_(other.env_), reference_(std::exchange(other.reference_, nullptr)) {}
  Reference& operator=(Reference&& other) noexcept {
    std::swap(env_, other.env_);
    std::swap(reference_, other.reference_);
    return *this;
  }
  ~Reference() {
    if (reference_ != nullptr) napi_delete_reference(env_, reference_);
  }

  bool is_empty() const { return reference_ == nullptr; }
  napi_value Get() const {
    napi_value value = nullptr;
    Check(napi_get_reference_value(env_, reference_, &value));
    return value;
  }

 private:
  napi_env env_ = nullptr;
  napi_ref reference_ = nullptr;
};

// Tells the garbage collector of native memory that a JavaScript object holds.
class ExternalMemory {
 public:
  explicit ExternalMemory(napi_env env) : env_(env) {}
  ~ExternalMemory() { Report(0); }
  ExternalMemory(const ExternalMemory&) = delete;
  ExternalMemory& operator=(const ExternalMemory&) = delete;

  void Report(size_t bytes) {
    const auto wanted = static_cast<int64_t>(bytes);
    if (wanted == reported_) return;
    int64_t total = 0;
    napi_adjust_external_memory(env_, wanted - reported_, &total);
    reported_ = wanted;
  }

 private:
  napi_env env_;
  int64_t reported_ = 0;
};

}  // namespace layerwise
