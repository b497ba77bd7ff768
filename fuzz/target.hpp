// The entry that libFuzzer and the replay program both call; each target defines it.
#pragma once

#include "base/bytes.hpp"

extern "C" int LLVMFuzzerTestOneInput(const kith::u8* data, std::size_t size);
