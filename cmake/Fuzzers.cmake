# libFuzzer programs: one from each *_fuzz.cpp of the modules that read other people's bytes, built by
# clang with AddressSanitizer, UBSan and line coverage. No Arrow, no OpenSSL. A file that knows a planted
# bug (DAEDALUS_PLANTED_BUG) gives a second program <name>_planted, which must fail. Run: tests/fuzz.sh
find_package(ZLIB REQUIRED)

add_compile_options(-O1 -g -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all
                    -fprofile-instr-generate -fcoverage-mapping)
add_link_options(-fsanitize=address,undefined -fprofile-instr-generate)

set(sources)
foreach(module base market exchanges journal)
  file(GLOB found CONFIGURE_DEPENDS daedalus/${module}/*.cpp)
  list(APPEND sources ${found})
endforeach()
set(fuzzers ${sources})
list(FILTER fuzzers INCLUDE REGEX "_fuzz\\.cpp$")
list(FILTER sources EXCLUDE REGEX "(_test|_bench|_fuzz|base/log)\\.cpp$")

# Segment names and paths are storage's; its other files need what is left out here.
add_library(daedalus_fuzzed STATIC ${sources})
target_include_directories(daedalus_fuzzed PUBLIC ${CMAKE_SOURCE_DIR})
target_link_libraries(daedalus_fuzzed PUBLIC fmt::fmt simdjson::simdjson zstd ZLIB::ZLIB Threads::Threads)

foreach(fuzzer ${fuzzers})
  get_filename_component(name ${fuzzer} NAME_WE)
  add_executable(${name} ${fuzzer})
  target_link_libraries(${name} PRIVATE daedalus_fuzzed -fsanitize=fuzzer)
  file(STRINGS ${fuzzer} planted REGEX "DAEDALUS_PLANTED_BUG")
  if(planted)
    add_executable(${name}_planted ${fuzzer})
    target_compile_definitions(${name}_planted PRIVATE DAEDALUS_PLANTED_BUG)
    target_link_libraries(${name}_planted PRIVATE daedalus_fuzzed -fsanitize=fuzzer)
  endif()
endforeach()
