// Log: append-only bytes, all that a judge needs of a disk; in memory here, a file in the shell.
#pragma once

#include "base/error.hpp"

namespace kith::ledger {

class Log {
 public:
  virtual ~Log() = default;
  /// Writes `bytes` at the end, all or nothing, and returns the offset of the first. Fails with storage.
  virtual Result<u64> append(Bytes bytes) = 0;
  /// Exactly `size` bytes from `offset`. Fails with storage, also if they are not all there.
  virtual Result<Buffer> read(u64 offset, std::size_t size) const = 0;
  /// Everything appended so far survives a loss of power when this returns.
  virtual Result<> flush() = 0;
  virtual u64 size() const = 0;
  /// Drops everything from `size` on.
  virtual Result<> truncate(u64 size) = 0;
};

class MemoryLog : public Log {
 public:
  explicit MemoryLog(Buffer bytes = {}) : bytes_(std::move(bytes)) {}

  Result<u64> append(Bytes bytes) override {
    const u64 offset = bytes_.size();
    kith::append(bytes_, bytes);
    return offset;
  }
  Result<Buffer> read(u64 offset, std::size_t size) const override {
    if (offset > bytes_.size() || size > bytes_.size() - offset) return fail(Fault::storage, "read past the end");
    return to_buffer(Bytes(bytes_).subspan(offset, size));
  }
  Result<> flush() override { return {}; }
  u64 size() const override { return bytes_.size(); }
  Result<> truncate(u64 size) override {
    if (size > bytes_.size()) return fail(Fault::storage, "truncate past the end");
    bytes_.resize(size);
    return {};
  }

 private:
  Buffer bytes_;
};

}  // namespace kith::ledger
