//! Empty: this package only pins and builds libbitcoinkernel; see tools/kernel.
