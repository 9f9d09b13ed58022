vt_test(test_valu SOURCES test_valu.c test_valu_support.c LIBS swgpu_exec)
vt_test(test_valu_math SOURCES test_valu_math.c test_valu_support.c LIBS swgpu_exec)
