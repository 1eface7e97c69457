#include "native/node/boundary.h"

#include <exception>

#include "native/node/error_conversion.h"

namespace layerwise {

Napi::Value GetMember(const Napi::Object& object, const char* name) {
  return GetMember(object, Napi::String::New(object.Env(), name));
}

Napi::Value GetMember(const Napi::Object& object, napi_value key) {
  napi_value member = nullptr;
  Check(object.Env(), napi_get_property(object.Env(), object, key, &member));
  return {object.Env(), member};
}

Napi::Value GetMember(const Napi::Object& list, uint32_t index) {
  napi_value member = nullptr;
  Check(list.Env(), napi_get_element(list.Env(), list, index, &member));
  return {list.Env(), member};
}

Napi::Value CallFunction(const Napi::Function& function, std::initializer_list<napi_value> words) {
  const Napi::Env env = function.Env();
  napi_value answer = nullptr;
  Check(env,
        napi_call_function(env, env.Undefined(), function, words.size(), words.begin(), &answer));
  return {env, answer};
}

void SetMember(const Napi::Object& object, const char* name, const Napi::Value& value) {
  Check(object.Env(), napi_set_named_property(object.Env(), object, name, value));
}

void SetMember(const Napi::Object& list, uint32_t index, const Napi::Value& value) {
  Check(list.Env(), napi_set_element(list.Env(), list, index, value));
}

void ThrowCaughtInJs(Napi::Env env) noexcept {
  try {
    const Napi::Error error = ToJsError(env, std::current_exception());
    if (!error.IsEmpty()) {
      error.ThrowAsJavaScriptException();
    } else if (!env.IsExceptionPending()) {
      napi_throw_error(env, "LAYERWISE", "A call of Node-API failed.");
    }
  } catch (...) {
    // JavaScript does not run any more: there is nobody to tell.
  }
}

}  // namespace layerwise
