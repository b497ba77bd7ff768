// Misfortunes: disks that are full and directories that cannot be written, for tests; for root and for anybody else.
#pragma once

#include <csignal>
#include <filesystem>

#include <linux/capability.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/bytes.hpp"
#include "base/check.hpp"

namespace kith::shell {

/// A disk on which no file grows past `most` bytes.
class SmallDisk {
 public:
  explicit SmallDisk(u64 most) {
    signal_ = std::signal(SIGXFSZ, SIG_IGN);
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit small{most, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &small);
  }
  ~SmallDisk() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, signal_);
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;

 private:
  rlimit before_{};
  void (*signal_)(int) = nullptr;
};

/// Permissions bind this thread, and those that it starts, even where it is root's.
class Unprivileged {
 public:
  Unprivileged() {
    before_ = get();
    auto less = before_;
    less.data[0].effective &= ~(1U << CAP_DAC_OVERRIDE);
    set(less);
  }
  ~Unprivileged() { set(before_); }
  Unprivileged(const Unprivileged&) = delete;
  Unprivileged& operator=(const Unprivileged&) = delete;

 private:
  struct Sets {
    __user_cap_header_struct head{_LINUX_CAPABILITY_VERSION_3, 0};
    __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3]{};
  };
  static Sets get() {
    Sets out;
    check(::syscall(SYS_capget, &out.head, out.data) == 0, "capabilities cannot be read");
    return out;
  }
  static void set(Sets sets) { check(::syscall(SYS_capset, &sets.head, sets.data) == 0, "capabilities cannot be set"); }

  Sets before_;
};

/// A directory that nobody may write into, until the end of its life.
class ReadOnly {
 public:
  explicit ReadOnly(std::filesystem::path directory) : directory_(std::move(directory)) {
    std::filesystem::permissions(directory_, std::filesystem::perms(0555));
  }
  ~ReadOnly() { std::filesystem::permissions(directory_, std::filesystem::perms(0755)); }
  ReadOnly(const ReadOnly&) = delete;
  ReadOnly& operator=(const ReadOnly&) = delete;

 private:
  Unprivileged unprivileged_;
  std::filesystem::path directory_;
};

}  // namespace kith::shell
