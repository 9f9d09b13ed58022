# The renderer: its parts alone, and the whole of vthunkd with a provider that executes nothing.
vt_test(test_host_object SOURCES test_host_object.c LIBS vt_host)
vt_test(test_base SOURCES test_base.c LIBS vt_base)

foreach(variant "" _old)
  add_library(fake_provider${variant} MODULE ../support/fake_provider.c ../support/fake_provider_queue.c)
  set_target_properties(fake_provider${variant} PROPERTIES
    PREFIX "" LIBRARY_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests)
  target_link_libraries(fake_provider${variant} PRIVATE vt_options)
  target_include_directories(fake_provider${variant} SYSTEM PRIVATE ${HSAKMT_INCLUDE_DIRS})
endforeach()
target_compile_definitions(fake_provider_old PRIVATE FAKE_OLD=1)

vt_test(test_host_threads SOURCES test_host_threads.c LIBS vt_host LABELS threads)
target_compile_definitions(test_host_threads PRIVATE
  VT_FAKE_PROVIDER="$<TARGET_FILE:fake_provider>" VT_SWGPU="$<TARGET_FILE:swgpu_thunk>")
add_dependencies(test_host_threads fake_provider swgpu_thunk)

if(NOT VT_SANITIZE MATCHES "thread") # its address space leaves no room for a window
  foreach(part memory queue session)
    vt_test(test_host_${part}_loop SOURCES test_host_${part}_loop.c ../support/client.c LIBS vt_wire)
    target_compile_definitions(test_host_${part}_loop PRIVATE
      VT_VTHUNKD="$<TARGET_FILE:vthunkd>"
      VT_FAKE_PROVIDER="$<TARGET_FILE:fake_provider>" VT_FAKE_OLD="$<TARGET_FILE:fake_provider_old>")
    add_dependencies(test_host_${part}_loop vthunkd fake_provider fake_provider_old)
  endforeach()
endif()


# Devices of virtual machines: the bridge alone, and the vhost-user device with a front-end that plays QEMU.
vt_test(test_bridge_threads SOURCES test_bridge_threads.c LIBS vt_bridge LABELS threads)
if(NOT VT_SANITIZE MATCHES "thread")
  vt_test(test_bridge SOURCES test_bridge.c test_bridge_support.c ../support/client.c ../support/vgpu.c LIBS vt_bridge)
  vt_test(test_bridge_bad SOURCES test_bridge_bad.c test_bridge_support.c ../support/client.c ../support/vgpu.c LIBS vt_bridge)
  foreach(part "" _bad _messages)
    vt_test(test_vhost${part} SOURCES test_vhost${part}.c ../support/client.c ../support/vgpu.c ../support/vhost_front.c
      ../support/vhost_renderer.c LIBS vt_wire)
  endforeach()
  foreach(test test_bridge test_bridge_bad test_vhost test_vhost_bad test_vhost_messages)
    target_compile_definitions(${test} PRIVATE
      VT_VTHUNKD="$<TARGET_FILE:vthunkd>" VT_FAKE_PROVIDER="$<TARGET_FILE:fake_provider>")
    add_dependencies(${test} vthunkd fake_provider)
  endforeach()
endif()
