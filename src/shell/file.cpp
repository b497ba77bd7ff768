// The system calls behind files: each of them may write less than it was given, or fail.
#include "shell/file.hpp"

#include <cerrno>
#include <cstring>
#include <string>
#include <system_error>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace kith::shell {

namespace {

/// Most damaged copies of one file that are kept.
constexpr int max_set_aside = 1000;

/// The last system call's error, in the words of the C library, which last.
std::unexpected<Error> fail_by_errno() {
  const char* text = ::strerrordesc_np(errno);
  return fail(Fault::storage, text ? text : "unknown error");
}

Descriptor open_file(const std::filesystem::path& path, int flags) {
  return Descriptor(::open(path.c_str(), flags | O_CLOEXEC, S_IRUSR | S_IWUSR));
}

Result<> write_all(int file, Bytes bytes, u64 offset) {
  while (!bytes.empty()) {
    const auto count = ::pwrite(file, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return fail_by_errno();
    if (count == 0) return fail(Fault::storage, "nothing was written");
    bytes = bytes.subspan(static_cast<std::size_t>(count));
    offset += static_cast<u64>(count);
  }
  return {};
}

Result<> read_all(int file, std::span<u8> into, u64 offset) {
  while (!into.empty()) {
    const auto count = ::pread(file, into.data(), into.size(), static_cast<off_t>(offset));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return fail_by_errno();
    if (count == 0) return fail(Fault::storage, "the file is shorter than it was");
    into = into.subspan(static_cast<std::size_t>(count));
    offset += static_cast<u64>(count);
  }
  return {};
}

Result<u64> size_of(const Descriptor& file) {
  struct stat status{};
  if (::fstat(file.number(), &status) != 0 || !S_ISREG(status.st_mode)) return fail(Fault::storage, "not a file");
  return static_cast<u64>(status.st_size);
}

/// A name is on the disk only once its directory is.
Result<> flush_directory_of(const std::filesystem::path& path) {
  const auto parent = path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
  const auto directory = open_file(parent, O_RDONLY | O_DIRECTORY);
  if (!directory || ::fsync(directory.number()) != 0) return fail_by_errno();
  return {};
}

}  // namespace

Descriptor::~Descriptor() {
  if (number_ >= 0) ::close(number_);
}

Result<> write_atomically(const std::filesystem::path& path, Bytes bytes) {
  auto beside = path;
  beside += ".new";
  {
    const auto file = open_file(beside, O_WRONLY | O_CREAT | O_TRUNC);
    if (!file) return fail_by_errno();
    auto written = write_all(file.number(), bytes, 0);
    if (written && ::fsync(file.number()) != 0) written = fail_by_errno();
    if (!written) {
      ::unlink(beside.c_str());
      return written;
    }
  }
  if (::rename(beside.c_str(), path.c_str()) != 0) return fail_by_errno();
  return flush_directory_of(path);
}

Result<Buffer> read_file(const std::filesystem::path& path, std::size_t most) {
  const auto file = open_file(path, O_RDONLY);
  if (!file) return fail_by_errno();
  const auto size = size_of(file);
  if (!size) return std::unexpected(size.error());
  if (*size > most) return fail(Fault::oversize, "file");
  Buffer out(*size);
  if (const auto read = read_all(file.number(), out, 0); !read) return std::unexpected(read.error());
  return out;
}

Result<std::filesystem::path> set_aside(const std::filesystem::path& path) {
  for (int n = 1; n <= max_set_aside; ++n) {
    auto aside = path;
    aside += ".damaged-" + std::to_string(n);
    std::error_code error;
    if (std::filesystem::exists(std::filesystem::symlink_status(aside, error))) continue;
    if (::rename(path.c_str(), aside.c_str()) != 0) return fail_by_errno();
    if (const auto flushed = flush_directory_of(path); !flushed) return std::unexpected(flushed.error());
    return aside;
  }
  return fail(Fault::storage, "too many damaged copies");
}

Result<DirectoryLock> DirectoryLock::take(const std::filesystem::path& directory) {
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  auto file = open_file(directory / "lock", O_RDWR | O_CREAT);
  if (!file) return fail_by_errno();
  if (::flock(file.number(), LOCK_EX | LOCK_NB) != 0)
    return fail(Fault::storage, errno == EWOULDBLOCK ? "the data directory is in use by another process" : "lock");
  return DirectoryLock(std::move(file));
}

Result<FileLog> FileLog::open(const std::filesystem::path& path) {
  auto file = open_file(path, O_RDWR | O_CREAT);
  if (!file) return fail_by_errno();
  const auto size = size_of(file);
  if (!size) return std::unexpected(size.error());
  if (const auto flushed = flush_directory_of(path); !flushed) return std::unexpected(flushed.error());
  return FileLog(std::move(file), *size);
}

Result<u64> FileLog::append(Bytes bytes) {
  if (broken_) return fail(Fault::storage, "an earlier flush failed: only a new start can tell what is on the disk");
  // Half a record that could not be taken back would part the log in two.
  if (torn_ && ::ftruncate(file_.number(), static_cast<off_t>(size_)) != 0) return fail_by_errno();
  torn_ = false;
  if (const auto written = write_all(file_.number(), bytes, size_); !written) {
    torn_ = ::ftruncate(file_.number(), static_cast<off_t>(size_)) != 0;
    return std::unexpected(written.error());
  }
  return std::exchange(size_, size_ + bytes.size());
}

Result<Buffer> FileLog::read(u64 offset, std::size_t size) const {
  if (offset > size_ || size > size_ - offset) return fail(Fault::storage, "past the end");
  Buffer out(size);
  if (const auto read = read_all(file_.number(), out, offset); !read) return std::unexpected(read.error());
  return out;
}

Result<> FileLog::flush() {
  if (broken_) return fail(Fault::storage, "an earlier flush failed: only a new start can tell what is on the disk");
  if (::fdatasync(file_.number()) == 0) return {};
  broken_ = true;
  return fail_by_errno();
}

Result<> FileLog::truncate(u64 size) {
  if (size > size_) return fail(Fault::storage, "past the end");
  if (::ftruncate(file_.number(), static_cast<off_t>(size)) != 0) return fail_by_errno();
  size_ = size;
  return {};
}

}  // namespace kith::shell
