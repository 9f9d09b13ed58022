vt_test(test_exec SOURCES test_exec.c test_exec_support.c LIBS swgpu_exec)
vt_test(test_exec_memory SOURCES test_exec_memory.c test_exec_support.c LIBS swgpu_exec)
