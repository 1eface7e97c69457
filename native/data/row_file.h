// A file that is read by position, by any number of threads. It is never mapped into memory: where
// a mapped file is cut, whoever reads it is ended by a signal.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace layerwise {

// By what a change of a file is noticed.
struct FileStamp {
  int64_t bytes = 0;
  int64_t modified_seconds = 0;  // since 1970
  int64_t modified_nanoseconds = 0;

  bool operator==(const FileStamp&) const = default;
};

class RowFile {
 public:
  // Opens the file at a path in UTF-8, which has to have this stamp. All errors are of kind kFile
  // and name the path.
  RowFile(std::string path, const FileStamp& stamp);
  ~RowFile();
  RowFile(const RowFile&) = delete;
  RowFile& operator=(const RowFile&) = delete;

  const std::string& path() const { return path_; }
  const FileStamp& stamp() const { return stamp_; }

  // Fills `to` with the bytes from a position on. Throws where the file ends before.
  void Read(int64_t position, std::span<std::byte> to) const;
  // Throws where somebody has written to the file since its stamp was taken.
  void RequireUnchanged() const;

 private:
  [[noreturn]] void ThrowChanged(const std::string& received) const;

  std::string path_;
  FileStamp stamp_;
#if defined(_WIN32)
  void* handle_ = nullptr;
#else
  int handle_ = -1;
#endif
};

}  // namespace layerwise
