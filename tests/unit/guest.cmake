# The guest's library below its API, with the renderer replaced by the tests.
pkg_check_modules(JANSSON REQUIRED IMPORTED_TARGET jansson)
vt_library(vt_guest_test_support test_guest_fake.c)
target_link_libraries(vt_guest_test_support PUBLIC vt_guest_core)

vt_test(test_guest_userptr SOURCES test_guest_userptr.c LIBS vt_guest_core LABELS threads)
vt_test(test_guest_event SOURCES test_guest_event.c LIBS vt_guest_test_support LABELS threads)
vt_test(test_guest_memory SOURCES test_guest_memory.c LIBS vt_guest_test_support)
vt_test(test_guest_stats SOURCES test_guest_stats.c LIBS vt_guest_test_support PkgConfig::JANSSON)

# The ABI's structures, for both libraries.
foreach(layout 6 7)
  vt_test(test_abi_layout_${layout} SOURCES test_abi_layout.c)
endforeach()
target_compile_definitions(test_abi_layout_7 PRIVATE VT_THUNK_7=1)

# The library as a program sees it.
vt_test(test_guest_entry SOURCES test_guest_entry.c LIBS vt_wire ${CMAKE_DL_LIBS})
target_compile_definitions(test_guest_entry PRIVATE
  VT_GUEST_LIBRARY="$<TARGET_FILE:guest_hsakmt>" VT_GUEST_DTIF="$<TARGET_FILE:guest_dtif>"
  VT_SWGPU_LIBRARY="$<TARGET_FILE:swgpu_thunk>" VT_SWGPU_DTIF="$<TARGET_FILE:swgpu_dtif>")
add_dependencies(test_guest_entry guest_hsakmt guest_dtif swgpu_thunk swgpu_dtif)

add_test(NAME guest_support_md
  COMMAND sh ${CMAKE_CURRENT_SOURCE_DIR}/test_guest_support.sh $<TARGET_FILE:vt_support_md> ${PROJECT_SOURCE_DIR})
add_test(NAME guest_cli
  COMMAND sh ${CMAKE_CURRENT_SOURCE_DIR}/test_guest_cli.sh $<TARGET_FILE:vthunk>)
add_executable(test_guest_paths test_guest_paths.c)
set_target_properties(test_guest_paths PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests)
target_link_libraries(test_guest_paths PRIVATE vt_options)
add_test(NAME guest_view
  COMMAND sh ${CMAKE_CURRENT_SOURCE_DIR}/test_guest_view.sh ${PROJECT_BINARY_DIR}/lib/vthunk/view
    $<TARGET_FILE:test_guest_paths>)
set_tests_properties(guest_support_md guest_cli guest_view PROPERTIES TIMEOUT 60)
if(VT_SANITIZE)
  # A sanitizer's library must come before what is preloaded into programs that were not built with it.
  set_tests_properties(guest_view PROPERTIES DISABLED TRUE)
endif()

# The transport over virtio-gpu, before a device that is no more than the host's bridge.
vt_library(vt_guest_virtgpu_support
  test_guest_virtgpu_support.c ../support/fake_virtgpu.c ../support/stub_renderer.c)
target_link_libraries(vt_guest_virtgpu_support PUBLIC vt_guest_core vt_bridge vt_test_support)
vt_test(test_guest_virtgpu SOURCES test_guest_virtgpu.c LIBS vt_guest_virtgpu_support)
vt_test(test_guest_virtgpu_sleep SOURCES test_guest_virtgpu_sleep.c LIBS vt_guest_virtgpu_support LABELS threads)
if(NOT VT_SANITIZE MATCHES "thread") # its address space leaves no room for a window
  vt_test(test_guest_virtgpu_session SOURCES test_guest_virtgpu_session.c ../support/client.c LIBS vt_guest_virtgpu_support)
  target_compile_definitions(test_guest_virtgpu_session PRIVATE
    VT_VTHUNKD="$<TARGET_FILE:vthunkd>" VT_FAKE_PROVIDER="$<TARGET_FILE:fake_provider>")
  add_dependencies(test_guest_virtgpu_session vthunkd fake_provider)
endif()
