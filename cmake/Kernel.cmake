# libbitcoinkernel, the one dependency that is no Debian package: tools/kernel builds it once for this machine. The copy
# beside the build lets the program run in place, also when the cache is cleaned.
option(KITH_KERNEL "Full validation of Bitcoin's blocks by libbitcoinkernel (needs cargo-web once)" ON)
if(NOT KITH_KERNEL)
  return()
endif()

execute_process(COMMAND ${CMAKE_SOURCE_DIR}/tools/kernel OUTPUT_VARIABLE kernel OUTPUT_STRIP_TRAILING_WHITESPACE
  RESULT_VARIABLE failed)
if(failed)
  message(FATAL_ERROR "libbitcoinkernel was not built, see above; configure with -DKITH_KERNEL=OFF to do without")
endif()
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS
  tools/kernel kernel/Cargo.toml kernel/Cargo.lock kernel/exports.map)
file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/kernel)
foreach(part bitcoinkernel.h libkith_bitcoinkernel.so)
  file(COPY_FILE ${kernel}/${part} ${CMAKE_BINARY_DIR}/kernel/${part} ONLY_IF_DIFFERENT)
endforeach()
set(KITH_KERNEL_LIBRARY ${CMAKE_BINARY_DIR}/kernel/libkith_bitcoinkernel.so)

# Without sanitizers of its own, also where everything else has them.
add_library(kith::bitcoinkernel SHARED IMPORTED GLOBAL)
set_target_properties(kith::bitcoinkernel PROPERTIES
  IMPORTED_LOCATION ${KITH_KERNEL_LIBRARY}
  IMPORTED_SONAME libkith_bitcoinkernel.so
  INTERFACE_INCLUDE_DIRECTORIES ${CMAKE_BINARY_DIR}/kernel)
