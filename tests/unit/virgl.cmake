# Our libvirglrenderer.so.1, with one behind it that renders nothing.
add_library(fake_virgl MODULE ../support/fake_virgl.c)
set_target_properties(fake_virgl PROPERTIES PREFIX "" LIBRARY_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests)
target_link_libraries(fake_virgl PRIVATE vt_options)

set(VT_VIRGL_TESTS test_virgl)
vt_test(test_virgl SOURCES test_virgl.c test_virgl_support.c ../support/vgpu.c LIBS vt_bridge ${CMAKE_DL_LIBS} LABELS threads)
if(NOT VT_SANITIZE MATCHES "thread")
  list(APPEND VT_VIRGL_TESTS test_virgl_session)
  vt_test(test_virgl_session SOURCES test_virgl_session.c test_virgl_support.c ../support/client.c ../support/vgpu.c
    LIBS vt_bridge ${CMAKE_DL_LIBS})
  target_compile_definitions(test_virgl_session PRIVATE
    VT_VTHUNKD="$<TARGET_FILE:vthunkd>" VT_FAKE_PROVIDER="$<TARGET_FILE:fake_provider>")
  add_dependencies(test_virgl_session vthunkd fake_provider)
endif()
foreach(test ${VT_VIRGL_TESTS})
  target_compile_definitions(${test} PRIVATE VT_VIRGL="$<TARGET_FILE:virgl>" VT_FAKE_VIRGL="$<TARGET_FILE:fake_virgl>")
  add_dependencies(${test} virgl fake_virgl)
endforeach()

# Found in a folder, and not ours again; then the one that is installed, if there is one.
foreach(one fake_virgl virgl)
  set(folder ${PROJECT_BINARY_DIR}/tests/lib_${one})
  add_custom_command(TARGET fake_virgl POST_BUILD
    COMMAND ${CMAKE_COMMAND} -E make_directory ${folder}
    COMMAND ${CMAKE_COMMAND} -E create_symlink $<TARGET_FILE:${one}> ${folder}/libvirglrenderer.so.1)
endforeach()
vt_test(test_virgl_found SOURCES test_virgl_found.c LIBS vt_wire ${CMAKE_DL_LIBS})
add_dependencies(test_virgl_found virgl fake_virgl)
set(folders ${PROJECT_BINARY_DIR}/${VT_PRIVATE_LIBDIR}/virgl:${PROJECT_BINARY_DIR}/tests/lib_virgl)
set_tests_properties(test_virgl_found PROPERTIES
  ENVIRONMENT LD_LIBRARY_PATH=${folders}:${PROJECT_BINARY_DIR}/tests/lib_fake_virgl)
find_library(VT_INSTALLED_VIRGL NAMES libvirglrenderer.so.1)
if(VT_INSTALLED_VIRGL AND NOT VT_SANITIZE)
  add_test(NAME virgl_installed COMMAND test_virgl_found)
  set_tests_properties(virgl_installed PROPERTIES TIMEOUT 60 ENVIRONMENT LD_LIBRARY_PATH=${folders})
endif()
