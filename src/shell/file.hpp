// Files that a crash, a full disk or a second process cannot spoil: whole or not at all, and one owner of a directory.
#pragma once

#include <filesystem>
#include <utility>

#include "base/error.hpp"
#include "ledger/log.hpp"

namespace kith::shell {

/// An open file of the operating system; closed at the end of its life.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  ~Descriptor();

  int number() const { return number_; }
  explicit operator bool() const { return number_ >= 0; }

 private:
  int number_ = -1;
};

/// Replaces the file at `path` so that a crash leaves either the old or the new content, readable by the owner only.
/// Fails with storage. Two writers of one path must take turns.
Result<> write_atomically(const std::filesystem::path& path, Bytes bytes);

/// All of the file at `path`; fails with oversize if it holds more than `most` bytes, with storage if it cannot be
/// read.
Result<Buffer> read_file(const std::filesystem::path& path, std::size_t most);

/// Renames a damaged file to `<name>.damaged-<n>` with the first n from 1 that is free, and says to what: nothing that
/// an operator may want to look at is deleted. Fails with storage.
Result<std::filesystem::path> set_aside(const std::filesystem::path& path);

/// Holds a data directory for this process; let go at the end of its life or of the process.
class DirectoryLock {
 public:
  /// Makes the directory if it is not there. Fails with storage if another process, or another lock, holds it.
  static Result<DirectoryLock> take(const std::filesystem::path& directory);

 private:
  explicit DirectoryLock(Descriptor file) : file_(std::move(file)) {}

  Descriptor file_;
};

/// An append-only log in one file. An append that fails leaves the log as it was.
class FileLog : public ledger::Log {
 public:
  /// Opens the log at `path`, or makes an empty one. Fails with storage.
  static Result<FileLog> open(const std::filesystem::path& path);

  Result<u64> append(Bytes bytes) override;
  Result<Buffer> read(u64 offset, std::size_t size) const override;
  /// After a flush that failed nothing more is appended: what the kernel then dropped cannot be known.
  Result<> flush() override;
  u64 size() const override { return size_; }
  Result<> truncate(u64 size) override;

 private:
  FileLog(Descriptor file, u64 size) : file_(std::move(file)), size_(size) {}

  Descriptor file_;
  u64 size_ = 0;
  /// A part of a record that was not written whole may lie behind size_.
  bool torn_ = false;
  /// What is on the disk is not what size_ says; only a new run can tell.
  bool broken_ = false;
};

}  // namespace kith::shell
