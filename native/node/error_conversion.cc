#include "native/node/error_conversion.h"

namespace layerwise {

Napi::Error ToJsError(Napi::Env env, const Error& error) {
  const Napi::Error converted = Napi::Error::New(env, error.what());
  const Napi::Object object = converted.Value();
  object.Set("code", "LAYERWISE");
  object.Set("kind", ErrorKindName(error.kind()));
  object.Set("path", error.path());
  object.Set("expected", error.expected());
  object.Set("received", error.received());
  object.Set("remedy", error.remedy());
  return converted;
}

Napi::Error ToJsError(Napi::Env env, const std::exception_ptr& exception) {
  try {
    std::rethrow_exception(exception);
  } catch (const Napi::Error& error) {
    return error;
  } catch (const Error& error) {
    return ToJsError(env, error);
  } catch (const std::bad_alloc&) {
    return ToJsError(env, Error(ErrorKind::kMemory, "memory", "enough memory", "none",
                                "Use a smaller network, batch or data set."));
  } catch (const std::exception& error) {
    return Napi::Error::New(env, error.what());
  } catch (...) {
    return Napi::Error::New(env, "unknown error in the native core");
  }
}

}  // namespace layerwise
