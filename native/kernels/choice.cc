#include "native/kernels/choice.h"

#include <cmath>
#include <sstream>

#include "native/core/error.h"

namespace layerwise {
namespace {

std::string NumberText(double number) {
  std::ostringstream text;
  text << number;
  return text.str();
}

std::string ChoicesText(const ParameterInfo& info) {
  std::string names;
  for (const char* choice : info.choices)
    names += (names.empty() ? "" : ", ") + std::string(choice);
  return names;
}

std::string RangeText(const ParameterInfo& info) {
  if (info.is_boolean) return "true or false";
  if (!info.choices.empty()) return "one of " + ChoicesText(info);
  const bool bounded_below = std::isfinite(info.minimum);
  const bool bounded_above = std::isfinite(info.maximum);
  std::string text = info.is_whole ? "a whole number" : "a finite number";
  if (bounded_below) {
    text += (info.minimum_exclusive ? " above " : " of at least ") + NumberText(info.minimum);
  }
  if (bounded_below && bounded_above) text += " and";
  if (bounded_above) {
    text += (info.maximum_exclusive ? " below " : " of at most ") + NumberText(info.maximum);
  }
  return text;
}

bool InRange(const ParameterInfo& info, double number) {
  if (!std::isfinite(number)) return false;
  if (info.is_whole && number != std::floor(number)) return false;
  if (info.minimum_exclusive ? number <= info.minimum : number < info.minimum) return false;
  return !(info.maximum_exclusive ? number >= info.maximum : number > info.maximum);
}

std::string FallbackText(const ParameterInfo& info) {
  if (info.is_boolean) return info.fallback != 0 ? "true" : "false";
  if (!info.choices.empty()) return info.choices[static_cast<size_t>(info.fallback)];
  return NumberText(info.fallback);
}

[[noreturn]] void ThrowWrongParameter(const ValueReader& reader, const ParameterInfo& info) {
  throw Error(ErrorKind::kArgument, reader.path(), RangeText(info), reader.value().Describe(),
              "Default: " + FallbackText(info) + ".");
}

double ReadChoiceByName(const ValueReader& reader, const ParameterInfo& info) {
  const std::string* name = reader.value().string_if();
  for (size_t i = 0; name != nullptr && i < info.choices.size(); ++i) {
    if (*name == info.choices[i]) return static_cast<double>(i);
  }
  ThrowWrongParameter(reader, info);
}

double ReadParameter(const ValueReader& reader, const ParameterInfo& info) {
  if (!info.choices.empty()) return ReadChoiceByName(reader, info);
  const bool* truth = reader.value().bool_if();
  const double* number = reader.value().number_if();
  if (info.is_boolean && truth != nullptr) return *truth ? 1.0 : 0.0;
  if (!info.is_boolean && number != nullptr && InRange(info, *number)) return *number;
  ThrowWrongParameter(reader, info);
}

const ParameterInfo* FindParameter(const RowInfo& info, const std::string& name) {
  for (const ParameterInfo& parameter : info.parameters) {
    if (name == parameter.name) return &parameter;
  }
  return nullptr;
}

Value Bound(const ParameterInfo& info, double bound) {
  if (info.is_boolean || !info.choices.empty() || !std::isfinite(bound)) return {};
  return bound;
}

Value Fallback(const ParameterInfo& info) {
  if (info.is_boolean) return info.fallback != 0;
  if (!info.choices.empty()) return FallbackText(info);
  return info.fallback;
}

Value DescribeParameter(const ParameterInfo& info) {
  Value::Object row;
  row.emplace_back("name", info.name);
  row.emplace_back("default", Fallback(info));
  row.emplace_back("minimum", Bound(info, info.minimum));
  row.emplace_back("maximum", Bound(info, info.maximum));
  row.emplace_back("minimumExclusive", info.minimum_exclusive);
  row.emplace_back("maximumExclusive", info.maximum_exclusive);
  if (info.is_whole) row.emplace_back("whole", true);
  if (!info.choices.empty()) {
    row.emplace_back("choices", Value::Array(info.choices.begin(), info.choices.end()));
  }
  row.emplace_back("description", info.description);
  return row;
}

}  // namespace

std::string ChosenName(const ValueReader& reader) {
  if (const std::string* name = reader.value().string_if()) return *name;
  return reader.Member("type").String();
}

std::vector<double> ReadParameters(const ValueReader& reader, const RowInfo& info) {
  std::vector<double> parameters;
  for (const ParameterInfo& parameter : info.parameters) parameters.push_back(parameter.fallback);
  const Value::Object* members = reader.value().object_if();
  if (members == nullptr) return parameters;
  for (const auto& [name, value] : *members) {
    if (name == "type") continue;
    const ParameterInfo* parameter = FindParameter(info, name);
    if (parameter == nullptr) {
      throw Error(ErrorKind::kArgument, reader.path() + "." + name,
                  std::string("a parameter of ") + info.name, "\"" + name + "\"",
                  "Remove it or correct its name.");
    }
    if (value.is_null()) continue;
    parameters[static_cast<size_t>(parameter - info.parameters.data())] =
        ReadParameter(reader.Member(name), *parameter);
  }
  return parameters;
}

void ThrowUnknownName(const ValueReader& reader, const std::string& name,
                      const std::vector<std::string>& known) {
  std::string names;
  for (const std::string& one : known) names += (names.empty() ? "" : ", ") + one;
  throw Error(ErrorKind::kArgument, reader.path(), "one of " + names, "\"" + name + "\"",
              "Choose a name from the list.");
}

Value DescribeRow(const RowInfo& info) {
  Value::Array parameters;
  for (const ParameterInfo& parameter : info.parameters) {
    parameters.push_back(DescribeParameter(parameter));
  }
  return Value::Object{{"name", info.name},
                       {"formula", info.formula},
                       {"description", info.description},
                       {"parameters", std::move(parameters)}};
}

}  // namespace layerwise
