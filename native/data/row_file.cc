#include "native/data/row_file.h"

#include <algorithm>
#include <cerrno>
#include <optional>
#include <system_error>
#include <utility>

#if defined(_WIN32)
#include "native/core/windows_api.h"
#else
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#endif

#include "native/core/error.h"

namespace layerwise {
namespace {

// Systems read at most about 2 GB at a time.
constexpr size_t kMostAtOnce = size_t{1} << 30;

[[noreturn]] void ThrowOfSystem(const std::string& path, const char* what, int code) {
  throw Error(ErrorKind::kFile, path, std::string("a file that can be ") + what,
              std::system_category().message(code), "");
}

#if defined(_WIN32)

using Handle = HANDLE;

int LastError() { return static_cast<int>(GetLastError()); }

std::wstring Wide(const std::string& path) {
  const int length =
      MultiByteToWideChar(CP_UTF8, 0, path.data(), static_cast<int>(path.size()), nullptr, 0);
  std::wstring wide(static_cast<size_t>(length), L'\0');
  MultiByteToWideChar(CP_UTF8, 0, path.data(), static_cast<int>(path.size()), wide.data(), length);
  return wide;
}

// Others may write to it, rename it or remove it, as elsewhere.
Handle Open(const std::string& path) {
  const Handle handle = CreateFileW(Wide(path).c_str(), GENERIC_READ,
                                    FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, nullptr,
                                    OPEN_EXISTING, FILE_ATTRIBUTE_NORMAL, nullptr);
  if (handle == INVALID_HANDLE_VALUE) ThrowOfSystem(path, "opened", LastError());
  return handle;
}

void Close(Handle handle) { CloseHandle(handle); }

int64_t Joined(DWORD high, DWORD low) {
  return static_cast<int64_t>((static_cast<uint64_t>(high) << 32) | low);
}

std::optional<FileStamp> StampOf(Handle handle) {
  BY_HANDLE_FILE_INFORMATION information;
  if (!GetFileInformationByHandle(handle, &information)) return std::nullopt;
  // In steps of 100 ns since 1601.
  constexpr int64_t kStepsInSecond = 10'000'000;
  constexpr int64_t kFrom1601To1970 = int64_t{11'644'473'600} * kStepsInSecond;
  const int64_t steps = Joined(information.ftLastWriteTime.dwHighDateTime,
                               information.ftLastWriteTime.dwLowDateTime) -
                        kFrom1601To1970;
  return FileStamp{Joined(information.nFileSizeHigh, information.nFileSizeLow),
                   steps / kStepsInSecond, steps % kStepsInSecond * 100};
}

// Bytes that were read, 0 at the end; below 0 for an error.
int64_t ReadSome(Handle handle, int64_t position, std::byte* to, size_t bytes) {
  OVERLAPPED place = {};
  place.Offset = static_cast<DWORD>(position);
  place.OffsetHigh = static_cast<DWORD>(position >> 32);
  DWORD read = 0;
  if (ReadFile(handle, to, static_cast<DWORD>(bytes), &read, &place)) return read;
  return GetLastError() == ERROR_HANDLE_EOF ? 0 : -1;
}

#else

using Handle = int;

static_assert(sizeof(off_t) >= sizeof(int64_t), "places behind 2 GB need offsets of 64 bits");

int LastError() { return errno; }

Handle Open(const std::string& path) {
  // Opening a pipe without a writer would wait; what is no file is refused by its stamp.
  const Handle handle = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (handle < 0) ThrowOfSystem(path, "opened", LastError());
  return handle;
}

void Close(Handle handle) { close(handle); }

std::optional<FileStamp> StampOf(Handle handle) {
  struct stat status = {};
  if (fstat(handle, &status) != 0) return std::nullopt;
#if defined(__APPLE__)
  const timespec& modified = status.st_mtimespec;
#else
  const timespec& modified = status.st_mtim;
#endif
  // A pipe or a device has a size that no file of rows has.
  return FileStamp{S_ISREG(status.st_mode) ? static_cast<int64_t>(status.st_size) : -1,
                   static_cast<int64_t>(modified.tv_sec), static_cast<int64_t>(modified.tv_nsec)};
}

int64_t ReadSome(Handle handle, int64_t position, std::byte* to, size_t bytes) {
  for (;;) {
    const ssize_t read = pread(handle, to, bytes, static_cast<off_t>(position));
    if (read >= 0 || errno != EINTR) return read;
  }
}

#endif

}  // namespace

RowFile::RowFile(std::string path, const FileStamp& stamp)
    : path_(std::move(path)), stamp_(stamp), handle_(Open(path_)) {
  try {
    RequireUnchanged();
  } catch (...) {
    Close(handle_);
    throw;
  }
}

RowFile::~RowFile() { Close(handle_); }

void RowFile::Read(int64_t position, std::span<std::byte> to) const {
  for (size_t filled = 0; filled < to.size();) {
    const size_t wanted = std::min(kMostAtOnce, to.size() - filled);
    const int64_t read =
        ReadSome(handle_, position + static_cast<int64_t>(filled), to.data() + filled, wanted);
    if (read < 0) ThrowOfSystem(path_, "read", LastError());
    if (read == 0) {
      ThrowChanged("its end after " + std::to_string(position + static_cast<int64_t>(filled)) +
                   " bytes or before");
    }
    filled += static_cast<size_t>(read);
  }
}

void RowFile::RequireUnchanged() const {
  const std::optional<FileStamp> now = StampOf(handle_);
  if (!now) ThrowOfSystem(path_, "read", LastError());
  if (*now == stamp_) return;
  ThrowChanged(now->bytes == stamp_.bytes ? "a file that was written to since"
                                          : std::to_string(now->bytes) + " bytes");
}

void RowFile::ThrowChanged(const std::string& received) const {
  throw Error(ErrorKind::kFile, path_,
              "the " + std::to_string(stamp_.bytes) + " bytes that the file had when it was opened",
              received,
              "Leave the file alone while it is read, and open it anew once it has changed.");
}

}  // namespace layerwise
