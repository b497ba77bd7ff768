// Disk: what of a node outlives its process, even one that is killed.
#pragma once

#include <map>
#include <string>

#include "ledger/log.hpp"

namespace kith::sim {

struct Disk {
  std::map<std::string, Buffer> files;
  ledger::MemoryLog blocks{Buffer{}};
};

/// The disk's log of blocks in the hands of a process.
class DiskLog : public ledger::Log {
 public:
  /// `log` outlives this.
  explicit DiskLog(ledger::MemoryLog& log) : log_(&log) {}

  Result<u64> append(Bytes bytes) override { return log_->append(bytes); }
  Result<Buffer> read(u64 offset, std::size_t size) const override { return log_->read(offset, size); }
  Result<> flush() override { return log_->flush(); }
  u64 size() const override { return log_->size(); }
  Result<> truncate(u64 size) override { return log_->truncate(size); }

 private:
  ledger::MemoryLog* log_;
};

}  // namespace kith::sim
