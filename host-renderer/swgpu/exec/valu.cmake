# Vector ALU instructions; compiled once for each lane build.
set(SWGPU_VALU_SOURCES
  valu_rows.c valu_store.c
  valu_move.c valu_bits.c valu_int16.c valu_int32.c valu_carry.c valu_sad.c
  valu_f16.c valu_f32.c valu_f64.c valu_cvt.c valu_trans.c valu_trig.c valu_div.c
  valu_cmp_float.c valu_cmp_int.c valu_packed.c valu_dot.c)
# Selects of float results become blends only if an operation may be computed where its result is not used. Clang
# reports each loop that it leaves scalar; a few are.
set_source_files_properties(${SWGPU_VALU_SOURCES} PROPERTIES
  COMPILE_OPTIONS "-fno-math-errno;-fno-trapping-math;$<$<C_COMPILER_ID:Clang>:-Wno-pass-failed>")
