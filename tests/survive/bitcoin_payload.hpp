// The words of a script over the bitcoin wire that stand for bytes, numbers in little endian.
#pragma once

#include "base/rng.hpp"
#include "survive/made_chain.hpp"
#include "survive/talk.hpp"

namespace kith::survive {

/// The bytes of all words, one behind the other. Throws Failed if one of them is none of these:
/// hex:00ff zero:N random:N u32:N u64:N compact:N type:NAME (twelve bytes)
/// list:N:SIZE (says to have N entries, and has as many of SIZE zeros) version:N version:N:TIME (a whole one)
/// addr:N (of loopback, seen now; at most 1000) ids:N:TYPE:BLOCK (N times the id of a block, or of made-up things: any)
/// locator:N (of made-up blocks) locator:N:BLOCK headers:FROM..TO headers:BLOCK,BLOCK block:BLOCK
/// tx:N tx:N:SIZE (spends the coin of coins.txt, which nobody may; N and the bytes of its output tell it from others)
/// where BLOCK is a height, perhaps with what is wrong; see made_chain.hpp
Buffer bitcoin_payload(Words words, MadeChain& chain, Rng& rng);

}  // namespace kith::survive
