#include "native/core/error.h"

namespace layerwise {
namespace {

std::string Message(const std::string& path, const std::string& expected,
                    const std::string& received, const std::string& remedy) {
  std::string message = path;
  if (!message.empty()) message += ": ";
  message += "expected " + expected;
  if (!received.empty()) message += ", received " + received;
  message += ".";
  if (!remedy.empty()) message += " " + remedy;
  return message;
}

}  // namespace

const char* ErrorKindName(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::kArgument:
      return "argument";
    case ErrorKind::kShape:
      return "shape";
    case ErrorKind::kData:
      return "data";
    case ErrorKind::kState:
      return "state";
    case ErrorKind::kDivergence:
      return "divergence";
    case ErrorKind::kMemory:
      return "memory";
    case ErrorKind::kFile:
      return "file";
  }
  return "argument";
}

Error::Error(ErrorKind kind, std::string path, std::string expected, std::string received,
             std::string remedy)
    : kind_(kind),
      path_(std::move(path)),
      expected_(std::move(expected)),
      received_(std::move(received)),
      remedy_(std::move(remedy)),
      message_(Message(path_, expected_, received_, remedy_)) {}

}  // namespace layerwise
