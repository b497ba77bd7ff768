// Words: what libbitcoinkernel says of its troubles. It has one log for a whole process and gives reasons nowhere else.
#pragma once

#include <string>

namespace kith::kernel {

/// Begins to listen, once a process; before that the library keeps a buffer of its own.
void listen_to_kernel();
/// The last error since the call before this one, without the library's decoration; empty if there was none. Of several
/// engines in a process, anyone's.
std::string last_words();

}  // namespace kith::kernel
