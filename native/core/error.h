// The one error type of the core. It carries where the problem arose, what was expected, what came
// and what to do, so that the layers above can show it without guessing.
#pragma once

#include <exception>
#include <string>
#include <utility>

namespace layerwise {

enum class ErrorKind {
  kArgument,    // an option or a spec is wrong
  kShape,       // sizes do not fit together
  kData,        // a value of the data is wrong (not finite, label out of range)
  kState,       // the call does not fit the state (already training)
  kDivergence,  // training produced a NaN or an infinity
  kMemory,      // memory could not be had
  kFile,        // a file of rows cannot be read, or has changed
};

// The name under which a kind crosses the language boundary, e.g. "argument".
const char* ErrorKindName(ErrorKind kind);

class Error : public std::exception {
 public:
  Error(ErrorKind kind, std::string path, std::string expected, std::string received,
        std::string remedy);

  const char* what() const noexcept override { return message_.c_str(); }

  ErrorKind kind() const { return kind_; }
  const std::string& path() const { return path_; }
  const std::string& expected() const { return expected_; }
  const std::string& received() const { return received_; }
  const std::string& remedy() const { return remedy_; }

 private:
  ErrorKind kind_;
  std::string path_;      // e.g. layers[2].units
  std::string expected_;  // e.g. a positive integer
  std::string received_;  // e.g. -3
  std::string remedy_;    // a whole sentence
  std::string message_;
};

}  // namespace layerwise
