# SPDX-License-Identifier: GPL-2.0
# The readers that fuzz/targets.cc drives. In the build with sanitizers, which is a second one,
# these files are all that it takes of the rooms above `journal`.
if(RXLAB_SANITIZE)
  set(readers
    attribution/fold.cc
    change/changelog.cc
    change/executed_json.cc
    collect/bpftrace_output.cc
    collect/folded.cc
    collect/perf_script.cc
    collect/procfs.cc
    session/kernel_log.cc
    settings/persistent_files.cc
    settings/settings.cc
    setup/counters.cc
    target/console.cc
    target/message.cc
    traffic/capture.cc
    traffic/capture_file.cc
    traffic/hex.cc
    traffic/pktgen_text.cc
    tune/space.cc
    xdp/rules.cc
    xdp/services.cc)
  add_library(fuzz STATIC fuzz/targets.cc ${readers})
  # A room's as one, as elsewhere.
  set_target_properties(fuzz PROPERTIES UNITY_BUILD_MODE GROUP)
  foreach(reader ${readers})
    get_filename_component(room ${reader} DIRECTORY)
    set_source_files_properties(${reader} PROPERTIES UNITY_GROUP ${room})
  endforeach()
  target_include_directories(fuzz PUBLIC
    ${CMAKE_SOURCE_DIR} ${CMAKE_SOURCE_DIR}/.. ${CMAKE_BINARY_DIR}/generated ${NL_INCLUDE_DIRS})
  target_link_libraries(fuzz PUBLIC history profile journal nl-3 ${LIBPCAP})
elseif(RXLAB_PURE_TESTS)
  add_library(fuzz STATIC fuzz/targets.cc)
  target_link_libraries(fuzz PUBLIC target change history settings tune profile xdp)
endif()

if(TARGET fuzz)
  rxlab_common_headers(fuzz product)
endif()

if(RXLAB_PURE_TESTS)
  rxlab_test_program(fuzz_test PREFIX fuzz SOURCES fuzz/targets_test.cc
    LIBS fuzz PROPERTIES LABELS pure)
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
