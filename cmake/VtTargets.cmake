# Helpers that every folder's CMakeLists.txt uses, so that a folder lists its sources and nothing else.
#
# The build tree has the layout of an installation, so that programs find their libraries by the same relative paths in
# both: bin/{vthunk,vthunkd} and lib/vthunk/{guest,swgpu,view}/.

include(GNUInstallDirs)
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
# For its headers only: providers are loaded, and our own libraries are a libhsakmt themselves. Debian's file names an
# include folder that is not there; the headers are where the compiler looks anyway.
pkg_check_modules(HSAKMT REQUIRED IMPORTED_TARGET libhsakmt)
set_target_properties(PkgConfig::HSAKMT PROPERTIES INTERFACE_INCLUDE_DIRECTORIES "" INTERFACE_LINK_LIBRARIES "")

# Its headers only, too: our libraries offer some of its functions.
pkg_check_modules(LIBDRM REQUIRED IMPORTED_TARGET libdrm_amdgpu)
set_target_properties(PkgConfig::LIBDRM PROPERTIES INTERFACE_LINK_LIBRARIES "")

set(VT_PRIVATE_LIBDIR lib/vthunk)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bin)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release)
endif()

add_library(vt_options INTERFACE)
target_compile_features(vt_options INTERFACE c_std_11)
target_compile_definitions(vt_options INTERFACE _GNU_SOURCE VT_VERSION="${PROJECT_VERSION}")
target_compile_options(vt_options INTERFACE
  -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla -Wundef -Wpointer-arith -Wwrite-strings
  -Wcast-qual -Wformat=2 -Wswitch-enum -fvisibility=hidden -fno-strict-aliasing -ffp-contract=off
  $<$<BOOL:${VT_WERROR}>:-Werror>)
target_include_directories(vt_options INTERFACE ${PROJECT_SOURCE_DIR})
target_link_libraries(vt_options INTERFACE Threads::Threads)
if(VT_SANITIZE)
  target_compile_options(vt_options INTERFACE
    -fsanitize=${VT_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(vt_options INTERFACE -fsanitize=${VT_SANITIZE})
else()
  target_compile_options(vt_options INTERFACE -include ${PROJECT_SOURCE_DIR}/proto/base/libc_age.h)
endif()

# vt_old_libc(TARGET): a shared library that is loaded on systems with an older C library than this one's. There some
# functions are in libpthread and libdl, which are empty here.
if(NOT VT_SANITIZE AND CMAKE_SYSTEM_PROCESSOR STREQUAL x86_64)
  add_library(vt_libc_age OBJECT ${PROJECT_SOURCE_DIR}/proto/base/libc_age.c)
  set_target_properties(vt_libc_age PROPERTIES POSITION_INDEPENDENT_CODE ON)
  target_link_libraries(vt_libc_age PRIVATE vt_options)
endif()
function(vt_old_libc target)
  if(TARGET vt_libc_age)
    target_sources(${target} PRIVATE $<TARGET_OBJECTS:vt_libc_age>)
    target_link_options(${target} PRIVATE -Wl,--wrap=fstat,--wrap=memfd_create,--wrap=reallocarray
      -Wl,--push-state,--no-as-needed,-l:libpthread.so.0,-l:libdl.so.2,--pop-state)
  endif()
endfunction()

# vt_library(NAME SOURCE...): a static library of position-independent code, for linking into the shared ones and into
# the tests, which so reach internals that the shared libraries do not export.
function(vt_library name)
  add_library(${name} STATIC ${ARGN})
  set_target_properties(${name} PROPERTIES POSITION_INDEPENDENT_CODE ON)
  target_link_libraries(${name} PUBLIC vt_options)
endfunction()

# vt_provider(TARGET FOLDER SCRIPT SOURCE...): a shared library with the thunk's functions in lib/vthunk/FOLDER that
# exports what the version script SCRIPT names.
function(vt_provider target folder script)
  add_library(${target} SHARED ${ARGN})
  set_target_properties(${target} PROPERTIES LINK_DEPENDS ${script}
    LIBRARY_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/${VT_PRIVATE_LIBDIR}/${folder})
  # A process may have two of them (the OpenCL driver loads both kinds): each calls its own functions.
  target_link_options(${target} PRIVATE -Wl,--version-script=${script} -Wl,-z,nodelete -Wl,-Bsymbolic)
  if(NOT VT_SANITIZE)
    target_link_options(${target} PRIVATE -Wl,-z,defs)
  endif()
  target_link_libraries(${target} PRIVATE vt_options PkgConfig::LIBDRM ${CMAKE_DL_LIBS})
  vt_old_libc(${target})
  install(TARGETS ${target} LIBRARY DESTINATION ${VT_PRIVATE_LIBDIR}/${folder})
endfunction()

# vt_thunk(TARGET FOLDER SCRIPT SOURCE...): that as libhsakmt.so.1.
function(vt_thunk target)
  vt_provider(${target} ${ARGN})
  set_target_properties(${target} PROPERTIES OUTPUT_NAME hsakmt SOVERSION 1 VERSION 1.0.6)
endfunction()

# vt_dtif(TARGET FOLDER SCRIPT SOURCE...): that as libdtif.so, compiled for the layouts of ROCm 7. The runtime opens it by
# this name alone.
function(vt_dtif target)
  vt_provider(${target} ${ARGN})
  set_target_properties(${target} PROPERTIES OUTPUT_NAME dtif)
  target_compile_definitions(${target} PRIVATE VT_THUNK_7=1)
endfunction()

# vt_test(NAME SOURCES file... [LIBS target...] [TIMEOUT seconds] [LABELS label...]): a test program, written against
# tests/support/vt_test.h. A sanitizer's report fails it even where the runner exits 0 (Criterion hides leaks).
# Labels that tests/run knows: slow (not run under asan), threads (run under tsan).
add_custom_target(vt_threads)
function(vt_test name)
  cmake_parse_arguments(T "" "TIMEOUT" "SOURCES;LIBS;LABELS" ${ARGN})
  if(NOT T_TIMEOUT)
    set(T_TIMEOUT 120)
  endif()
  add_executable(${name} ${T_SOURCES})
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests)
  target_link_libraries(${name} PRIVATE vt_options vt_test_support ${T_LIBS})
  add_test(NAME ${name} COMMAND ${name})
  if("threads" IN_LIST T_LABELS)
    add_dependencies(vt_threads ${name})
  endif()
  set_tests_properties(${name} PROPERTIES TIMEOUT ${T_TIMEOUT} LABELS "${T_LABELS}"
    FAIL_REGULAR_EXPRESSION "(Address|Leak|Thread)Sanitizer|runtime error:")
endfunction()
