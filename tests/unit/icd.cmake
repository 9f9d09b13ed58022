# ocl-icd with stand-ins for AMD's libraries: tests/icd/KIND holds a libamdocl64.so, the libhsa-runtime64.so.1 that it
# needs, and the system's libhsakmt.so.1; tests/icd/vthunk an installation of ours whose thunk is a stand-in, too.

function(vt_icd_fake target output folder source)
  add_library(${target} SHARED ${source})
  set_target_properties(${target} PROPERTIES PREFIX "" SUFFIX "" OUTPUT_NAME ${output}
    BUILD_RPATH_USE_ORIGIN ON BUILD_RPATH "$ORIGIN" LIBRARY_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests/icd/${folder})
  target_link_options(${target} PRIVATE -Wl,-soname,${output} -Wl,--disable-new-dtags -Wl,-Bsymbolic)
  target_link_libraries(${target} PRIVATE vt_options ${CMAKE_DL_LIBS} ${ARGN})
endfunction()

function(vt_icd_thunk target output folder gpus)
  vt_icd_fake(${target} ${output} ${folder} test_icd_thunk.c)
  target_compile_definitions(${target} PRIVATE VT_TEST_GPUS=${gpus})
endfunction()

vt_icd_thunk(icd_system_thunk libhsakmt.so.1 imports FAKE_SYSTEM_GPUS)
vt_icd_thunk(icd_our_thunk libhsakmt.so.1 vthunk/guest FAKE_OUR_GPUS)
vt_icd_thunk(icd_our_dtif libdtif.so vthunk/guest FAKE_DTIF_GPUS)
set(icd_thunk_imports icd_system_thunk)
foreach(kind imports dtif static)
  string(SUBSTRING ${kind} 0 1 letter)
  vt_icd_fake(icd_hsa_${kind} libhsa-runtime64.so.1 ${kind} test_icd_hsa.c ${icd_thunk_${kind}})
  target_compile_definitions(icd_hsa_${kind} PRIVATE VT_TEST_HSA='${letter}')
  # As Debian builds it: what it imports is bound when it is loaded.
  target_link_options(icd_hsa_${kind} PRIVATE -Wl,-z,now -Wl,-z,relro)
  vt_icd_fake(icd_amdocl_${kind} libamdocl64.so ${kind} test_icd_amdocl.c icd_hsa_${kind})
  target_compile_definitions(icd_amdocl_${kind} PRIVATE CL_TARGET_OPENCL_VERSION=300)
endforeach()

find_library(VT_LIB_OpenCL OpenCL)
if(VT_LIB_OpenCL)
  vt_test(test_icd SOURCES test_icd.c LIBS ${VT_LIB_OpenCL} ${CMAKE_DL_LIBS})
  target_compile_definitions(test_icd PRIVATE CL_TARGET_OPENCL_VERSION=300
    VT_ICD_FOLDER="${PROJECT_BINARY_DIR}/tests/icd")
  add_dependencies(test_icd icd_amdocl_imports icd_amdocl_dtif icd_amdocl_static icd_our_thunk icd_our_dtif)
  add_custom_command(TARGET test_icd POST_BUILD
    COMMAND ${CMAKE_COMMAND} -E make_directory ${PROJECT_BINARY_DIR}/tests/icd/vthunk/ocl
    COMMAND ${CMAKE_COMMAND} -E copy $<TARGET_FILE:vthunk_opencl> ${PROJECT_BINARY_DIR}/tests/icd/vthunk/ocl/)
  add_dependencies(test_icd vthunk_opencl)
endif()
