# The software GPU through its own libhsakmt, linked into the tests.
vt_library(swgpu_test_support test_swgpu_support.c)
target_link_libraries(swgpu_test_support PUBLIC swgpu_chapters vt_test_support)

vt_test(test_swgpu_rangeset SOURCES test_swgpu_rangeset.c LIBS swgpu_mem)
foreach(part open memory event sdma aql gws running)
  vt_test(test_swgpu_${part} SOURCES test_swgpu_${part}.c LIBS swgpu_test_support LABELS threads)
endforeach()
