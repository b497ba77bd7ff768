# The program, and the library as find_package(kith) finds it: kith::app brings the whole, kith::base and so on a room.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(modules base model crypto codec ledger ${full_validation} peers gossip sync core lean bitcoin spacemesh shell sim app)
foreach(module ${modules})
  set_target_properties(kith_${module} PROPERTIES EXPORT_NAME ${module})
  install(TARGETS kith_${module} EXPORT kithTargets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
endforeach()
if(KITH_KERNEL)
  install(FILES ${KITH_KERNEL_LIBRARY} DESTINATION ${CMAKE_INSTALL_LIBDIR})
  set_target_properties(kith PROPERTIES INSTALL_RPATH "$ORIGIN/../${CMAKE_INSTALL_LIBDIR}")
endif()
install(TARGETS kith RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(DIRECTORY src/ DESTINATION include/kith FILES_MATCHING PATTERN "*.hpp" PATTERN "*_test.hpp" EXCLUDE
        PATTERN "kernel/handles.hpp" EXCLUDE)

set(place ${CMAKE_INSTALL_LIBDIR}/cmake/kith)
install(EXPORT kithTargets NAMESPACE kith:: DESTINATION ${place})
write_basic_package_version_file(kithConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES cmake/kithConfig.cmake ${CMAKE_CURRENT_BINARY_DIR}/kithConfigVersion.cmake DESTINATION ${place})

# The examples, built against what was just installed.
if(KITH_TESTS)
  set(flags "")
  if(KITH_SANITIZE)
    set(flags -fsanitize=${KITH_SANITIZE})
  endif()
  add_test(NAME package.examples
    COMMAND ${CMAKE_COMMAND} -DBUILD=${CMAKE_BINARY_DIR} -DSOURCE=${CMAKE_SOURCE_DIR} -DWORK=${CMAKE_BINARY_DIR}/package
            -DCOMPILER=${CMAKE_CXX_COMPILER} -DFLAGS=${flags} -P ${CMAKE_SOURCE_DIR}/tests/package.cmake)
  set_tests_properties(package.examples PROPERTIES LABELS scenario TIMEOUT 900)
endif()
