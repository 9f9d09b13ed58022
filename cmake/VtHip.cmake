# HIP programs: built with Debian's hipcc, for the GPUs in VT_HIP_ARCHS. They use nothing of this project; they are what
# its users run, and so they are built as a user would build them.

set(VT_SAMPLES AUTO CACHE STRING "Build the HIP programs: ON, OFF, or AUTO (where hipcc is found)")
set(VT_HIP_ARCHS gfx906 CACHE STRING "GPUs that HIP programs are compiled for, as for --offload-arch")
find_program(VT_HIPCC hipcc)

set(VT_HIP OFF)
if(VT_SAMPLES STREQUAL AUTO AND VT_HIPCC)
  set(VT_HIP ON)
elseif(NOT VT_SAMPLES STREQUAL AUTO AND VT_SAMPLES)
  if(NOT VT_HIPCC)
    message(FATAL_ERROR "VT_SAMPLES needs hipcc (Debian: apt install hipcc; cmake/packages.txt has the whole list)")
  endif()
  set(VT_HIP ON)
endif()

# vt_hip_program(NAME FOLDER SOURCE [LIBS name...] [HEADERS file...]): target hip_NAME, which builds SOURCE to FOLDER/NAME
# in the build tree. A program whose library or header (beside HIP's own) is not installed is left out, and configuring says so.
function(vt_hip_program name folder source)
  cmake_parse_arguments(P "" "" "LIBS;HEADERS" ${ARGN})
  foreach(lib IN LISTS P_LIBS)
    find_library(VT_LIB_${lib} ${lib})
    if(NOT VT_LIB_${lib})
      message(STATUS "HIP program ${name} left out: lib${lib} is not installed")
      return()
    endif()
    list(APPEND links -l${lib})
  endforeach()
  foreach(header IN LISTS P_HEADERS)
    string(MAKE_C_IDENTIFIER ${header} id)
    find_path(VT_HEADER_${id} ${header})
    if(NOT VT_HEADER_${id})
      message(STATUS "HIP program ${name} left out: ${header} is not installed")
      return()
    endif()
  endforeach()

  set(program ${PROJECT_BINARY_DIR}/${folder}/${name})
  list(TRANSFORM VT_HIP_ARCHS PREPEND --offload-arch= OUTPUT_VARIABLE archs)
  # hipcc leaves empty folders in TMPDIR: it gets one of its own.
  add_custom_command(OUTPUT ${program}
    COMMAND ${CMAKE_COMMAND} -E make_directory ${program}.tmp
    COMMAND ${CMAKE_COMMAND} -E env TMPDIR=${program}.tmp ${VT_HIPCC} ${archs} -O3 -std=c++17
      -Wall -Wextra $<$<BOOL:${VT_WERROR}>:-Werror> -I ${PROJECT_SOURCE_DIR} -MD -MF ${program}.d -MT ${folder}/${name} ${CMAKE_CURRENT_SOURCE_DIR}/${source} -o ${program} ${links}
    COMMAND ${CMAKE_COMMAND} -E rm -rf ${program}.tmp
    DEPENDS ${source} DEPFILE ${program}.d VERBATIM COMMENT "hipcc ${folder}/${name}")
  add_custom_target(hip_${name} ALL DEPENDS ${program})
endfunction()
