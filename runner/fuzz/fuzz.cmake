# SPDX-License-Identifier: GPL-2.0
# The readers that fuzz/targets.cc drives. In the build with sanitizers, which is a second one,
# these files are all that it takes of the rooms above `journal`.
if(RXLAB_SANITIZE)
  add_library(fuzz STATIC fuzz/targets.cc
    attribution/fold.cc
    collect/bpftrace_output.cc
    collect/procfs.cc
    session/kernel_log.cc
    setup/counters.cc
    target/console.cc
    target/message.cc
    traffic/capture.cc
    traffic/capture_file.cc
    traffic/hex.cc
    traffic/pktgen_text.cc
    xdp/rules.cc
    xdp/services.cc)
  target_include_directories(fuzz PUBLIC
    ${CMAKE_SOURCE_DIR} ${CMAKE_SOURCE_DIR}/.. ${CMAKE_BINARY_DIR}/generated ${NL_INCLUDE_DIRS})
  target_link_libraries(fuzz PUBLIC result journal nl-3 ${LIBPCAP})
else()
  add_library(fuzz STATIC fuzz/targets.cc)
  target_link_libraries(fuzz PUBLIC target xdp)
endif()
rxlab_common_headers(fuzz)

if(RXLAB_PURE_TESTS)
  add_executable(fuzz_test fuzz/targets_test.cc)
  rxlab_common_headers(fuzz_test)
  target_link_libraries(fuzz_test PRIVATE fuzz GTest::gtest_main)
  target_compile_definitions(fuzz_test PRIVATE RXLAB_SOURCE="${CMAKE_SOURCE_DIR}/..")
  gtest_discover_tests(fuzz_test TEST_PREFIX fuzz/ DISCOVERY_TIMEOUT 600
    PROPERTIES LABELS pure)
endif()

if(RXLAB_SANITIZE)
  set(pure ${RXLAB_PURE})
  list(TRANSFORM pure APPEND _test OUTPUT_VARIABLE pure_tests)
  add_custom_target(sanitized DEPENDS ${pure_tests})
  if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    add_executable(rxlab_fuzz fuzz/main.cc)
    target_link_libraries(rxlab_fuzz PRIVATE fuzz)
    target_link_options(rxlab_fuzz PRIVATE -fsanitize=fuzzer)
    add_dependencies(sanitized rxlab_fuzz)
  endif()
endif()
