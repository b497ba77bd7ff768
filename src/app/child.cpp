// Processes, the POSIX way.
#include "app/child.hpp"

#include <csignal>
#include <thread>

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace kith::app {
namespace {

int code_of(int status) { return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status); }

}  // namespace

Result<Child> Child::start(const std::vector<std::string>& arguments, const std::filesystem::path& output) {
  std::string program = "/proc/self/exe";
  std::vector<char*> argv{program.data()};
  std::vector<std::string> owned = arguments;
  for (auto& each : owned) argv.push_back(each.data());
  argv.push_back(nullptr);
  const int out = ::open(output.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (out < 0) return fail(Fault::storage, "the output file of a process");
  const pid_t parent = ::getpid();
  const pid_t pid = ::fork();
  if (pid == 0) {
    // Between fork and exec only what is safe in a signal handler.
    ::prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (::getppid() != parent) ::_exit(127);
    ::setpgid(0, 0);
    ::dup2(out, STDOUT_FILENO);
    ::dup2(out, STDERR_FILENO);
    ::execv(program.c_str(), argv.data());
    ::_exit(127);
  }
  ::close(out);
  if (pid < 0) return fail(Fault::storage, "a new process");
  return Child(pid);
}

Child::~Child() { kill(); }

std::optional<int> Child::ended() {
  int status = 0;
  if (pid_ == 0) return 0;
  if (::waitpid(pid_, &status, WNOHANG) != pid_) return std::nullopt;
  pid_ = 0;
  return code_of(status);
}

void Child::ask_to_end() const {
  if (pid_ != 0) ::kill(pid_, SIGTERM);
}

void Child::stop(std::chrono::milliseconds patience) {
  ask_to_end();
  const auto until = std::chrono::steady_clock::now() + patience;
  while (!ended() && std::chrono::steady_clock::now() < until)
    std::this_thread::sleep_until(std::chrono::steady_clock::now() + std::chrono::milliseconds(5));
  kill();
}

void Child::kill() {
  if (pid_ == 0) return;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
  pid_ = 0;
}

}  // namespace kith::app
