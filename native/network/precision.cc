#include "native/network/precision.h"

#include "native/core/error.h"

namespace layerwise {

Precision ReadPrecision(const ValueReader& options) {
  if (!options.Has("precision")) return Precision::kFloat32;
  const ValueReader precision = options.Member("precision");
  const std::string& name = precision.String();
  if (name == "float32") return Precision::kFloat32;
  if (name == "bf16") return Precision::kBf16;
  throw Error(ErrorKind::kArgument, precision.path(), "'float32' or 'bf16'", "\"" + name + "\"",
              "Choose one of the two.");
}

}  // namespace layerwise
