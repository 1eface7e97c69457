// What a row of a table (an activation, a loss, an optimizer, ...) says about itself. The language
// above generates its names, option types, defaults and documentation from it.
#pragma once

#include <span>

namespace layerwise {

struct ParameterInfo {
  const char* name;
  double fallback;  // the default
  double minimum;   // -infinity: unbounded
  double maximum;   // +infinity: unbounded
  bool minimum_exclusive = false;
  bool maximum_exclusive = false;
  bool is_boolean = false;
  bool is_whole = false;                      // a number without a fraction
  std::span<const char* const> choices = {};  // names for the numbers 0, 1, ...; else empty
  const char* description = "";
};

// A parameter that is true or false. Vector code may use it, as no code is made of it.
consteval ParameterInfo BooleanParameter(const char* name, bool fallback, const char* description) {
  return {.name = name,
          .fallback = fallback ? 1.0 : 0.0,
          .minimum = 0.0,
          .maximum = 1.0,
          .is_boolean = true,
          .description = description};
}

struct RowInfo {
  const char* name;
  const char* formula;
  const char* description;
  std::span<const ParameterInfo> parameters;
};

}  // namespace layerwise
